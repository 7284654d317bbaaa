package native

import (
	"github.com/gaithq/gait/api"
)

// AddressList is a file that tells something of addresses, as it stands now.
type AddressList struct {
	Name     string // as the server's log has it, with the version
	Kind     string // country, asn, vpn, hosting or tor
	File     string // without its folder
	Entries  int
	Modified int64  // Unix ms, when its makers say it was made, or else when it was changed; 0 is not known
	Loaded   int64  // Unix ms; 0 is not known
	Why      string // what is wrong with the newest version of the file, "" if nothing
}

type addressList struct {
	Name       string  `json:"name"`
	Kind       string  `json:"kind"`
	PathShown  string  `json:"path_shown"`
	Entries    int     `json:"entries"`
	ModifiedAt *string `json:"modified_at"`
	LoadedAt   *string `json:"loaded_at"`
	OK         bool    `json:"ok"`
	Why        string  `json:"why"`
}

func (d dialect) addressLists(c *api.Call) (any, error) {
	if p := read(c); p.err != nil {
		return nil, p.err
	}
	out := list[addressList]{Items: []addressList{}}
	if d.AddressLists != nil {
		for _, l := range d.AddressLists() {
			out.Items = append(out.Items, addressList{
				l.Name, l.Kind, l.File, l.Entries, timeOrNull(l.Modified), timeOrNull(l.Loaded), l.Why == "", l.Why,
			})
		}
	}
	return out, nil
}
