package replay

import (
	_ "embed"
	"net/http"
)

// DocumentPattern is where the OpenAPI document of replays is served, for
// http.ServeMux.
const DocumentPattern = "GET /openapi/replay-v1.json"

//go:embed openapi.json
var document []byte

// Document serves the OpenAPI document of replays.
func Document(w http.ResponseWriter, _ *http.Request) {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(document) // a client that left misses nothing
}
