package eval

import "strings"

// family names how a recorded run was made: input, motion and typing. Runs of one
// family share what gives them away, whatever the tool; "" for neutral recordings.
func family(rec *Recording) string {
	if rec.Run == nil {
		return ""
	}
	return named(rec.Run.Family, "input", "motion", "typing")
}

// browser names what drove which browser in a recorded run, "" for neutral
// recordings and where the run does not say.
func browser(rec *Recording) string {
	if rec.Run == nil {
		return ""
	}
	return rec.Run.Family["browser"]
}

// named writes the values of some keys, "-" for none.
func named(m map[string]string, keys ...string) string {
	words := make([]string, len(keys))
	for i, k := range keys {
		if words[i] = m[k]; words[i] == "" {
			words[i] = "-"
		}
	}
	return strings.Join(words, "/")
}

// peers returns what other detectors said in the same page.
func peers(rec *Recording) map[string]string {
	if rec.Run == nil {
		return nil
	}
	return rec.Run.Peers
}

// mark returns when a run's own mark is, in ms since the session's first event.
func mark(rec *Recording, name string) (float64, bool) {
	if rec.Run == nil {
		return 0, false
	}
	ms, ok := rec.Run.Marks[name]
	return ms, ok
}
