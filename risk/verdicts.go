package risk

import "github.com/gaithq/gait"

// Verdicts writes answers down as SessionRow.Verdicts does, one letter each.
func Verdicts(answers []gait.Answer) string {
	letters := make([]byte, len(answers))
	for i := range answers {
		switch answers[i].Verdict {
		case gait.Detected:
			letters[i] = 'D'
		case gait.NotDetected:
			letters[i] = 'N'
		default:
			letters[i] = 'U'
		}
	}
	return string(letters)
}

// Answers returns the answers that Verdicts wrote down, as far as Assess looks at
// them. A check beyond the letters answers Unknown.
func Answers(checks []*gait.Check, verdicts string) []gait.Answer {
	answers := make([]gait.Answer, len(checks))
	for i, c := range checks {
		answers[i].Check = c
		if i < len(verdicts) {
			switch verdicts[i] {
			case 'D':
				answers[i].Verdict = gait.Detected
			case 'N':
				answers[i].Verdict = gait.NotDetected
			}
		}
	}
	return answers
}
