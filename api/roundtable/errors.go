package roundtable

import "github.com/gaithq/gait"

// The contract shows no error bodies; ours are problem documents (see
// api.Problem, which also holds the table of codes and statuses).

func errMissing(parameter string) error {
	return &gait.Error{Code: gait.Invalid, Message: "the query parameter " + parameter + " is required", Field: parameter}
}
