package api

import (
	"bytes"
	"encoding/json"
	"time"
)

// JSON is the content type of every answer that is no problem.
const JSON = "application/json"

// Encode writes a body as every answer is written: []byte as it is, anything
// else as JSON without the escapes that only HTML needs. It fails, with what
// encoding/json says, for a value that JSON cannot express.
func Encode(body any) ([]byte, error) {
	if b, ok := body.([]byte); ok {
		return b, nil
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(body); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// Object is a JSON object that keeps the order of its members.
type Object []Member

// Member is one member of an Object.
type Member struct {
	Key   string
	Value any
}

// MarshalJSON writes the members in order.
func (o Object) MarshalJSON() ([]byte, error) {
	b := []byte{'{'}
	for i, m := range o {
		if i > 0 {
			b = append(b, ',')
		}
		key, err := Encode(m.Key)
		if err != nil {
			return nil, err
		}
		value, err := Encode(m.Value)
		if err != nil {
			return nil, err
		}
		b = append(append(append(b, key...), ':'), value...)
	}
	return append(b, '}'), nil
}

// Time writes a time of day (Unix ms) as RFC 3339 in UTC, always with
// milliseconds, so that a client can send back exactly what it was given.
func Time(ms int64) string {
	return time.UnixMilli(ms).UTC().Format("2006-01-02T15:04:05.000Z")
}
