package check

import (
	"fmt"
	"strings"

	"github.com/gaithq/gait"
)

// Presence says what was seen of anybody's hands. A form that was sent with no
// input seen means that the tracker was blocked or came late, that there was no
// consent, or that a script sent it: it is a state of its own, and what to make of
// it is up to the site.
func Presence(f *gait.Features) gait.Presence {
	switch {
	case f.Tempo.Hands:
		return gait.PresenceSeen
	case f.Tempo.Submits > 0:
		return gait.PresenceSilent
	default:
		return gait.PresenceNone
	}
}

// From undeclaredScore on a session is called automation, below personScore a
// person: the lower ends of the bands "manual review" and "accept with monitoring".
const (
	undeclaredScore = 50
	personScore     = 25
)

// agents are what automated visitors that say so call themselves in their user
// agent, as their makers document it.
var agents = [...]string{
	"ChatGPT-User", "OAI-SearchBot", "GPTBot", "Claude-User", "Claude-SearchBot", "ClaudeBot", "Perplexity-User", "PerplexityBot",
	"MistralAI-User", "Gemini-Deep-Research", "Google-Extended", "Googlebot", "bingbot", "Applebot", "DuckAssistBot", "meta-externalagent",
	"Amazonbot", "Bytespider", "YandexBot", "Baiduspider", "DuckDuckBot", "CCBot", "AhrefsBot", "SemrushBot",
}

// Actor says who or what seems to have been at work, and why. It is a reading of
// the answers and the score, and adds nothing to them.
func Actor(f *gait.Features, answers []gait.Answer, a gait.Assessment) (gait.Actor, string) {
	verdict := map[string]gait.Verdict{}
	seen := false
	for i := range answers {
		c := answers[i].Check
		verdict[c.Key] = answers[i].Verdict
		seen = seen || c.Group.Behavioural() && !c.Fact && answers[i].Verdict == gait.NotDetected
	}
	if who, ok := f.Trait(gait.AgentVerified); ok {
		return gait.ActorVerified, "its requests are signed with a key of " + who
	}
	ua := f.UserAgent()
	for _, name := range agents {
		if strings.Contains(ua, name) {
			return gait.ActorDeclared, "its user agent says " + name + ", which anybody may say"
		}
	}
	switch {
	case verdict["bot"] == gait.Detected:
		return gait.ActorUndeclared, "the browser is automated and does not say for whom"
	case a.Score >= undeclaredScore:
		return gait.ActorUndeclared, fmt.Sprintf("score %d", a.Score)
	case !seen:
		return gait.ActorUnknown, "too little behaviour was seen"
	case a.Score >= personScore:
		return gait.ActorUnknown, fmt.Sprintf("score %d: neither clearly a person nor clearly not", a.Score)
	case verdict["all_pasted"] == gait.Detected || verdict["external_input"] == gait.Detected:
		return gait.ActorAssisted, "hands were seen, and text that they brought along"
	default:
		return gait.ActorPerson, "hands were seen, and nothing speaks against them"
	}
}
