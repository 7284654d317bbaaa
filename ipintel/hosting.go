package ipintel

import _ "embed"

// builtin is the path that stands for our own list of hosting companies.
const builtin = "builtin"

// hostingList is written by hand from the public registries: AS numbers of large
// hosting companies. It is short on purpose and far from complete.
//
//go:embed hosting.txt
var hostingList []byte
