package roundtable

import "github.com/gaithq/gait/api"

// report is the body of the report routes, and in lists. The checks are objects from key to
// verdict, in the order of the contract.
type report struct {
	SessionID         string     `json:"session_id"`
	UserID            string     `json:"user_id,omitempty"` // never in lists
	Tags              []string   `json:"tags"`
	RiskScore         int        `json:"risk_score"` // 0 to 100
	RiskExplanation   string     `json:"risk_explanation"`
	RecommendedAction string     `json:"recommended_action"`
	UserLogs          []entry    `json:"user_logs"`
	BiometricChecks   api.Object `json:"biometric_checks"`
	DeviceChecks      api.Object `json:"device_checks"`
}

// userSessions is the body of the lists of a user's sessions.
type userSessions struct {
	UserID   string   `json:"user_id"` // as asked for
	Sessions []report `json:"sessions"`
}

// tagSessions is the body of the lists of a tag's sessions.
type tagSessions struct {
	Tag      string   `json:"tag"` // as asked for
	Sessions []report `json:"sessions"`
}

// events is the body of the events routes.
type events struct {
	SessionID  string  `json:"session_id"`
	EventCount int     `json:"event_count"` // the length of Events
	Events     []entry `json:"events"`
}

// entry is one line of the action log.
type entry struct {
	Action        string `json:"action"`
	UserTime      string `json:"user_time"`      // in the visitor's time zone
	UnixTimestamp int64  `json:"unix_timestamp"` // ms
}
