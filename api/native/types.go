package native

import "github.com/gaithq/gait/api"

// evidence is everything behind one session's score.
type evidence struct {
	SessionID      string     `json:"session_id"`
	Status         string     `json:"status"` // Live or Complete
	StartedAt      string     `json:"started_at"`
	LastSeenAt     string     `json:"last_seen_at"` // arrival of the last batch
	DurationMS     int64      `json:"duration_ms"`  // from the first event to the last
	UserID         *string    `json:"user_id"`
	UserName       string     `json:"user_name"`
	UserURL        string     `json:"user_url"`
	Tags           []string   `json:"tags"`
	URL            string     `json:"url"`
	Pages          uint32     `json:"pages"`
	Events         uint32     `json:"events"`
	Batches        uint32     `json:"batches"`
	MissingBatches uint32     `json:"missing_batches"`
	TimeZone       string     `json:"time_zone"` // as the browser named it, unchecked
	UserAgent      string     `json:"user_agent"`
	Country        string     `json:"country"` // ISO 3166 alpha-2, "" if unknown
	Device         string     `json:"device"`  // desktop, phone, tablet, other; "" if unknown
	Browser        string     `json:"browser"`
	OS             string     `json:"os"`
	Routes         []string   `json:"routes"`       // paths of the pages seen
	Label          *label     `json:"label"`        // null if nobody said anything
	Replay         bool       `json:"replay"`       // there is something to play again
	MonitorOnly    bool       `json:"monitor_only"` // the recommended action is Auto-accept's, whatever the score
	Presence       string     `json:"presence"`     // seen, none or silent
	Actor          actor      `json:"actor"`
	Assessment     assessment `json:"assessment"`
	Traits         []trait    `json:"traits"`
	Checks         api.Object `json:"checks"` // from key to check, in the order of the report
}

// actor is who or what seems to have been at work.
type actor struct {
	Class  string `json:"class"`
	Reason string `json:"reason"`
}

type assessment struct {
	Score             int      `json:"score"`
	MaskedScore       int      `json:"masked_score"` // without environment and network
	RecommendedAction string   `json:"recommended_action"`
	Explanation       string   `json:"explanation"`
	BaseLogOdds       *float64 `json:"base_log_odds"`
	LogOdds           *float64 `json:"log_odds"`
	Cap               int      `json:"cap"`
	CapReason         string   `json:"cap_reason"`
	Band              string   `json:"band"`
	PolicyVersion     int      `json:"policy_version"`
}

type check struct {
	Title        string        `json:"title"`
	Kind         string        `json:"kind"` // biometric or device
	Group        string        `json:"group"`
	Fact         bool          `json:"fact"`
	Verdict      string        `json:"verdict"`
	Summary      string        `json:"summary"`
	Reason       string        `json:"reason"` // of an Unknown
	Samples      int           `json:"samples"`
	Measures     []measure     `json:"measures"`
	First        *moment       `json:"first"`
	Best         *moment       `json:"best"`
	Contribution *contribution `json:"contribution"` // null if the check was not scored
}

type measure struct {
	Name      string   `json:"name"`
	Value     *float64 `json:"value"` // null where there is no number, as of a mean of nothing
	Unit      string   `json:"unit"`
	Threshold *float64 `json:"threshold"`
	Fires     string   `json:"fires"` // <, <=, >, >= or "" for context
}

// moment is a place in the session, to jump to in its replay.
type moment struct {
	Page string  `json:"page"`
	TMS  float64 `json:"t_ms"` // since the page's time origin
	At   string  `json:"at"`
}

type contribution struct {
	Weight   *float64 `json:"weight"`  // log-odds that the policy gives
	Applied  *float64 `json:"applied"` // log-odds that counted
	Measured bool     `json:"measured"`
	Note     string   `json:"note"`

	People *PeopleRate `json:"people"` // null where it was not measured
}

// PeopleRate is how many recorded people a check ever flagged, of those it could judge.
type PeopleRate struct {
	Flagged int `json:"flagged"`
	Of      int `json:"of"`
}

// trait is what the page read off the browser, or the server off the request.
type trait struct {
	Name  string `json:"name"`
	Value string `json:"value"`
	Fact  bool   `json:"fact"` // the server's
}
