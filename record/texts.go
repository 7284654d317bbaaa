package record

// What the pages say and what automation enters. Nothing here is about anybody.
// Copied texts are 8 to 30 characters in a line and 60 to 200 in an area, and so
// are the answers in words of one's own.

// question asks for words of one's own; automation takes one of the answers.
type question struct {
	ask     string
	answers []string
}

// choice asks to pick one of a few.
type choice struct {
	ask     string
	options []string
}

var titles = []string{
	"A few words about today", "The reading corner", "Weather and windows", "Notes from a kitchen", "A short walk",
	"The market on Saturday", "Plants on the sill", "Small repairs", "Tea, coffee, or neither", "A map of the room",
	"Letters and parcels", "The long train ride", "Sounds of a morning", "A shelf of one's own", "Lost and found",
}

var intros = []string{
	"Take your time. Nothing here is right or wrong.",
	"Work from the top to the bottom and send the form when you are done.",
	"A few small things to fill in, as on any page.",
	"Type as you always do. If you make a mistake, correct it or leave it.",
	"Read each line, then answer it.",
}

// phrases are copied into one line.
var phrases = []string{
	"blue kettle by the door", "seven grey pigeons", "a ladder of old oak", "the third drawer down", "rain before noon",
	"two lemons, one lime", "mind the last step", "paper, string and glue", "the 14 leaves at 6:05", "window seat, left side",
	"salt first, then sugar", "a coat with big buttons", "north of the river", "three keys on a ring", "soup for 9 people",
	"the lamp hums at night", "green ink, thin paper", "under the stairs", "half past eleven", "a basket of pears",
	"Turn left at the mill.", "Bring 2 spare batteries", "Shelf B, box 12", "Who left the gate open?", "fresh bread on Fridays",
	"a map without names", "warm socks, cold floor", "The cat sleeps upstairs.", "one spoon too many", "sand in every shoe",
}

// sentences are copied into an area.
var sentences = []string{
	"The ferry leaves from the small pier behind the fish market, not from the large one that everybody can see.",
	"If the bread sounds hollow when you knock on it, it is done; if it does not, give it another ten minutes.",
	"Between the two bookshops there is a narrow passage, and at its end somebody keeps a garden of herbs in old tins.",
	"On the first warm evening of the year the whole street carried its chairs outside and forgot about supper.",
	"The clock in the hall is four minutes fast, which nobody corrects, because it gets the children to school on time.",
	"He packed a rope, a torch, two apples and a very long letter, and then he left all of it on the kitchen table.",
	"When the snow melts, the path along the brook is under water for a week, so take the road above the orchard.",
	"We painted the shed yellow in May, and by October the sun had turned it into the colour of weak tea.",
	"A good knife, a heavy pan and a little patience are worth more than a drawer full of clever tools.",
	"The last bus goes at twenty to twelve; after that you can walk, which takes an hour, or wait for the baker's van.",
	"There were nine of us at the table and only seven chairs, so two sat on the piano stool and laughed all evening.",
	"Nobody knows who plants the tulips at the roundabout, but every April they are there, in very straight lines.",
	"First soak the beans overnight, then throw that water away, and only put in the salt when they are soft.",
	"The library closes at six on weekdays, yet the lights on the second floor are often on until after eight.",
	"She repaired the radio with a hairpin and a strip of foil, and it has played nothing but dance music since.",
	"From the tower you see three rivers on a clear day, and on a foggy one you can just about see your own feet.",
}

// short asks for a few words.
var short = []question{
	{"Name something within your reach.", []string{"a cold cup of coffee", "two pens and a ruler", "my reading glasses", "a stack of envelopes"}},
	{"What did you last cook or warm up?", []string{"lentil soup with rice", "toast and eggs", "pasta with tomatoes", "porridge with pears"}},
	{"Describe the sky in a few words.", []string{"flat grey, no wind", "blue with thin clouds", "dark, rain is coming", "pale and very still"}},
	{"What colour is the nearest door?", []string{"white, a bit scratched", "dark brown wood", "light grey", "green on the outside"}},
	{"Name a sound that you like.", []string{"rain on a tent", "a train far away", "pages being turned", "an old wooden stair"}},
	{"What would you take on a picnic?", []string{"bread, cheese, cherries", "cold noodles", "a blanket and plums", "apple cake for six"}},
	{"Name a tool that you trust.", []string{"a small screwdriver", "my bicycle pump", "the big wooden spoon", "a sharp pencil"}},
	{"Where would you go on a free day?", []string{"to the lake, early", "up the hill by tram", "the flea market", "nowhere, stay in bed"}},
}

// long asks for two or three sentences.
var long = []question{
	{"Describe in your own words how you make a cup of tea or coffee.", []string{
		"I boil the water, warm the pot, and put in two spoons of leaves. Then I wait four minutes and forget about it anyway.",
		"Beans in the grinder, not too fine. Hot water slowly over it in circles, and a drop of cold milk at the very end.",
		"I take the largest mug that is clean, hang a bag in it, pour the water on and let it stand far too long.",
	}},
	{"Describe the room that you are in, as if on the telephone.", []string{
		"It is small and rather bright. There is one table at the window, a shelf that leans a little, and a plant that needs water.",
		"A long room with two lamps. On the left there are books up to the ceiling, and behind me somebody left a bicycle.",
		"Four white walls, a grey carpet and a large screen. The door is open, and one can hear the lift from time to time.",
	}},
	{"How do you get from where you live to the next shop?", []string{
		"Out of the door to the right, past the school, and over the crossing. It is the second house after the chemist's.",
		"I go down the hill on foot, which takes about six minutes. On the way back, with bags, it is more like twelve.",
		"Along the canal as far as the bridge, then up the steps. In winter I take the road, because the steps get icy.",
	}},
	{"What would you change about the street that you know best?", []string{
		"Fewer cars, more trees, and a bench in the sun. The crossing at the bakery needs a light, since nobody stops there.",
		"I would plant something along the wall and mend the pavement. The rest may stay as it is, even the ugly kiosk.",
		"It needs a place to sit down and a place to put bicycles. At the moment both happen on the steps of the post office.",
	}},
	{"Tell of something that you repaired, or should have.", []string{
		"The handle of a pan came off, and I fixed it with a screw that was too long. It has held for three years now.",
		"There is a chair with a loose leg that I mean to glue. Until then everybody knows to sit on it very carefully.",
		"Once I took a clock apart to oil it. It ran well afterwards, although two small wheels were left on the table.",
	}},
	{"Explain a game that you know to somebody who does not.", []string{
		"Everybody gets seven cards. You put down one that fits the last in colour or number, and if you cannot, you draw.",
		"One hides and the others count to fifty. Who finds the hidden one stays there too, until a single seeker is left.",
		"You roll two dice and move your stones towards home. If a stone stands alone, it may be hit and has to start again.",
	}},
}

var choices = []choice{
	{"Which would you rather have now?", []string{"A glass of water", "Something sweet", "A nap", "A walk"}},
	{"When is the best time to read?", []string{"In the morning", "At noon", "In the evening"}},
	{"Which sounds best?", []string{"Rain", "Wind", "Silence", "Traffic", "Birds"}},
	{"How do you like the light in a room?", []string{"Bright", "Soft", "Off"}},
	{"What do you do with old newspapers?", []string{"Throw them away", "Light the stove", "Keep them", "I have none"}},
	{"Which stair do you take?", []string{"One at a time", "Two at a time", "The lift"}},
}

var checks = []string{
	"I have read the lines above.", "This took less time than a cup of tea.", "I would fill in one more of these.",
	"There is a window in this room.", "I can see something green from here.",
}

var selects = []choice{
	{"How many doors do you see?", []string{"None", "One", "Two", "Three", "Four or more"}},
	{"Which season is it where you are?", []string{"Spring", "Summer", "Autumn", "Winter"}},
	{"On which day do you shop?", []string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}},
	{"How far is the next tree?", []string{"I could touch it", "A few steps", "Across the street", "Farther", "No idea"}},
	{"What is on your table?", []string{"Mostly paper", "Mostly cables", "Mostly cups", "Nothing at all", "What table?", "Everything"}},
}

var links = []string{"Show the next question", "One more thing", "Open the rest", "Continue here", "There is something below"}

var sends = []string{"Send", "Done", "Submit answers", "Continue", "That is all", "Finish"}

// passages are read, or scrolled past.
var passages = []string{
	"In the north of the town there is a hill that everybody calls the mountain. It is eighty metres high. On Sundays families " +
		"climb it with prams and kites, and at the top a man sells waffles from a van that has not been able to start for years.",
	"The oldest map in the archive shows two bridges where there is one today. Nobody wrote down when the other one went, or why. " +
		"People who live there say that on very quiet nights one can hear the river go around something that is no longer there.",
	"A baker needs four things that cannot be bought: a feeling for warmth, for time, for weight, and for the weather. Flour behaves " +
		"differently before a storm. Whoever does not believe this is invited to come at three in the morning and see.",
	"The museum of small machines has one room. In it are a music box, a sewing machine, two typewriters, a calculator with a crank, " +
		"and a clock that shows the tides of a harbour that was filled in long ago. Everything works, and everything may be touched.",
	"When the tram was electrified, the horses were sold to farms around the town. For weeks, it is said, some of them stopped at every " +
		"second lamp post, waited for a while as they had been taught, and then went on with the plough as if nothing had happened.",
	"The garden behind the school belongs to whoever waters it. That is the only rule, and it has been enough for thirty years. There are " +
		"beans, a quince, more mint than anybody could want, and a sunflower that leans on the fence and looks into the road.",
	"Some letters take a long time. One was posted in the spring, went to a village of the same name in another country, lay there " +
		"through a summer, and came back with three stamps and a friendly note. It had said that dinner was at eight.",
	"On the lake the ice is measured each morning with a hand drill. At eight centimetres people may walk on it, at fifteen the stalls are " +
		"put up. In mild winters the drill hangs on its nail, and the man who measures goes swimming instead.",
}
