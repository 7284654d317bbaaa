package demo

// surveyPages is the yearly survey of Oakum Yard.
var surveyPages = []surveyPage{
	{
		Title: "How is the yard?",
		Lead:  "Once a year we ask. Five short pages, about three minutes; the committee reads every line.",
		Questions: []question{
			{
				Name: "since", Kind: oneOf, Label: "How long have you had a bench here?",
				Options: []option{{"new", "Less than half a year"}, {"year", "Half a year to two years"}, {"years", "Two to five years"}, {"ever", "Since before the second kiln"}},
			},
			{
				Name: "room", Kind: choice, Label: "Which room do you work in most?", Hint: "The one where your shelf is, if you cannot say.",
				Options: []option{{"wood", "Wood room"}, {"clay", "Clay room"}, {"metal", "Metal bay"}, {"textile", "Textile loft"}, {"print", "Print corner"}},
			},
		},
	},
	{
		Title: "What do you use?",
		Lead:  "So that the right things get sharpened.",
		Questions: []question{
			{
				Name: "tools", Kind: manyOf, Label: "Which of these did you use in the last month?", Hint: "As many as apply, or none.", Optional: true,
				Options: []option{
					{"bandsaw", "Band saw"},
					{"lathe", "Lathe"},
					{"planer", "Planer"},
					{"planes", "Hand planes"},
					{"kiln", "Big kiln"},
					{"testkiln", "Test kiln"},
					{"wheel", "Wheel"},
					{"slab", "Slab roller"},
					{"press", "Proof press"},
					{"loom", "Loom"},
					{"overlocker", "Overlocker"},
					{"forge", "Forge"},
				},
			},
			{
				Name: "when", Kind: oneOf, Label: "When are you usually here?",
				Options: []option{{"morning", "Mornings"}, {"afternoon", "Afternoons"}, {"evening", "Evenings"}, {"weekend", "Weekends"}},
			},
		},
	},
	{
		Title: "How good is it?",
		Lead:  "Think of your own bench, this winter.",
		Questions: []question{
			{
				Name: "good", Kind: matrix, Label: "How would you rate each of these?",
				Options: []option{{"1", "Poor"}, {"2", "Fair"}, {"3", "Good"}, {"4", "Very good"}, {"0", "Can’t say"}},
				Rows: []option{
					{"light", "Light at the bench"},
					{"heat", "Warmth"},
					{"dust", "Dust and fumes"},
					{"tidy", "Tidiness of the others"},
					{"free", "Finding a free tool"},
				},
			},
		},
	},
	{
		Title: "In numbers",
		Lead:  "Rough is fine: drag, or use the arrow keys.",
		Questions: []question{
			{
				Name: "noise", Kind: slider, Label: "How loud is it around you?", Low: "A library", High: "An angle grinder",
				Min: 0, Max: 100, Step: 1, Start: 50, Unit: "%s of 100",
			},
			{
				Name: "price", Kind: slider, Label: "What is a fair price for a bench, for a month?", Low: "£0", High: "£240",
				Min: 0, Max: 240, Step: 5, Start: 120, Unit: "£%s",
			},
			{
				Name: "friend", Kind: scale, Label: "How likely are you to bring a friend?", Low: "Not at all", High: "Already did",
				Options: []option{{"0", "0"}, {"1", "1"}, {"2", "2"}, {"3", "3"}, {"4", "4"}, {"5", "5"}, {"6", "6"}, {"7", "7"}, {"8", "8"}, {"9", "9"}, {"10", "10"}},
			},
		},
	},
	{
		Title: "In your words",
		Lead:  "This is the page that we read first.",
		Questions: []question{
			{
				Name: "made", Kind: text, Label: "What did you last finish here, and how did it go?", Hint: "A few sentences. Disasters are welcome.", Lines: 7,
			},
			{
				Name: "mend", Kind: text, Label: "What should we buy, mend or throw out first?", Hint: "If anything.", Lines: 3, Optional: true,
			},
		},
	},
}
