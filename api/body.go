package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/gaithq/gait"
)

// maxBody is the most bytes of a request's body. The longest is a policy.
const maxBody = 64 << 10

// ReadJSON reads the body of a request, one JSON object, into a struct. It fails
// with gait.Invalid for anything else, for another content type and for members
// that the struct does not have, naming the field where it can, and with
// gait.TooLarge beyond 64 kB.
func ReadJSON(r *http.Request, into any) error {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != JSON {
		return &gait.Error{Code: gait.Invalid, Message: "the body must be JSON: send it with Content-Type: " + JSON, Field: "content-type"}
	}
	raw, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxBody))
	if err != nil {
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return gait.Wrap(err, gait.TooLarge, "the body is larger than "+strconv.Itoa(maxBody>>10)+" kB")
		}
		return gait.Wrap(err, gait.Invalid, "the body did not come whole")
	}
	return decode(raw, into)
}

// decode is ReadJSON once the body is there.
func decode(raw []byte, into any) error {
	if !bytes.HasPrefix(bytes.TrimLeft(raw, " \t\r\n"), []byte{'{'}) {
		return gait.Errorf(gait.Invalid, "the body must be a JSON object")
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return badJSON(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return gait.Errorf(gait.Invalid, "the body must be one JSON object, and something follows it")
	}
	return nil
}

// badJSON says what encoding/json does not like in the words of the client.
func badJSON(err error) error {
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return &gait.Error{Code: gait.Invalid, Message: "the body has a " + e.Value + " where there must be another kind of value", Field: e.Field, Err: err}
	}
	if quoted, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		field, uerr := strconv.Unquote(quoted)
		if uerr != nil {
			field = quoted
		}
		const shown = 100 // bytes of a name that the client made up
		field = strings.ToValidUTF8(field[:min(len(field), shown)], "")
		return &gait.Error{Code: gait.Invalid, Message: "the body has a field that is not known here", Field: field, Err: err}
	}
	return gait.Wrap(err, gait.Invalid, "the body is not well-formed JSON")
}
