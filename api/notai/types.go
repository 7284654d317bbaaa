package notai

// one wraps a single thing.
type one[T any] struct {
	Data T `json:"data"`
}

// list wraps one page of things.
type list[T any] struct {
	Data       []T        `json:"data"`
	Pagination pagination `json:"pagination"`
}

type pagination struct {
	NextCursor *string `json:"nextCursor"` // null on the last page
	HasMore    bool    `json:"hasMore"`
	Limit      int     `json:"limit"` // the page size that was used
}

// session is a session in lists and by itself. Strings that are not known are null.
type session struct {
	ID               string   `json:"id"`
	CreatedAt        string   `json:"createdAt"`
	UpdatedAt        string   `json:"updatedAt"`
	Status           string   `json:"status"`   // active or closed
	BotScore         float64  `json:"botScore"` // 0 to 1
	DetectionFlags   []string `json:"detectionFlags"`
	PageURL          *string  `json:"pageUrl"`
	UserAgentSummary *string  `json:"userAgentSummary"`
	UserID           *string  `json:"userId"`
	UserName         *string  `json:"userName"`
	UserURL          *string  `json:"userUrl"`
}

// integration is what NotAI calls a workspace.
type integration struct {
	ID           string `json:"id"` // public, 8 hexadecimal digits
	Name         string `json:"name"`
	APIKeyMasked string `json:"apiKeyMasked"` // of the key that asks
	Tier         string `json:"tier"`
	Region       string `json:"region"`
	CreatedAt    string `json:"createdAt"`
}

// failure is the body of every answer that is not 2xx.
type failure struct {
	Error failureDetail `json:"error"`
}

type failureDetail struct {
	Code    string            `json:"code"`
	Message string            `json:"message"`
	Details map[string]string `json:"details,omitempty"` // {"field": "pageSize"}
}
