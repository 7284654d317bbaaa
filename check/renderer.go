package check

import (
	"regexp"

	"github.com/gaithq/gait"
)

// What draws the page is read by the probes: gl says ok, none or blocked, gl.why why
// not, gl.vendor and gl.renderer the names.

var (
	software    = regexp.MustCompile(`(?i)swiftshader|llvmpipe|lavapipe|softpipe|swrast|basic render|software rasterizer|\bwarp\b|mesa offscreen|gdi generic`)
	hypervisors = regexp.MustCompile(`(?i)vmware|svga3d|virtualbox|vbox|parallels|paravirtual|virgl|virtio|\bqxl\b|hyper-v|\brdp|remote desktop|remote display|remotefx|citrix|bochs|nvidia grid|mxgpu|android emulator`)
)

// softwareRenderer states that no graphics hardware draws the page: a software
// renderer, or no WebGL at all, which is a state of its own. People on old machines,
// with a broken driver or far away by remote desktop see it too.
var softwareRenderer = device(fact(&gait.Check{
	Key: "software_renderer", Title: "Software renderer", Group: gait.EnvironmentGroup,
	Judge: func(f *gait.Features) gait.Answer {
		name, a := renderer(f)
		if a.Reason != "" {
			return a
		}
		switch {
		case name == "":
			return stated(f, "the browser could make no WebGL context: "+why(f))
		case software.MatchString(name):
			return stated(f, "the page is drawn in software: "+name)
		}
		a.Verdict, a.Samples, a.Summary = gait.NotDetected, 1, "the page is drawn by "+name
		return a
	},
}))

// virtualMachine states that the page runs in a virtual, remote or sandboxed
// environment, as far as what draws it tells.
var virtualMachine = device(fact(&gait.Check{
	Key: "virtual_machine", Title: "Virtual machine", Group: gait.EnvironmentGroup,
	Judge: func(f *gait.Features) gait.Answer {
		name, a := renderer(f)
		if a.Reason != "" {
			return a
		}
		switch {
		case name == "" && software.MatchString(why(f)):
			return stated(f, "there is no graphics hardware, as in most virtual machines: "+why(f))
		case name == "":
			return unknown("no WebGL, so nothing tells what draws the page")
		case hypervisors.MatchString(name):
			return stated(f, "the graphics are a hypervisor's or a remote desktop's: "+name)
		case software.MatchString(name):
			return stated(f, "there is no graphics hardware, as in most virtual machines: "+name)
		}
		a.Verdict, a.Samples, a.Summary = gait.NotDetected, 1, "the page is drawn by "+name
		return a
	},
}))

// renderer returns the name of what draws the page, "" where the browser could make
// no context, or an Unknown that says why neither can be told.
func renderer(f *gait.Features) (string, gait.Answer) {
	state, seen := f.Trait("gl")
	switch {
	case !seen:
		return "", unknown("the page's probes did not run")
	case state == "none":
		return "", gait.Answer{}
	case state != "ok":
		return "", unknown("WebGL is blocked or hides its renderer, as privacy settings do")
	}
	name, _ := f.Trait("gl.renderer")
	if vendor, _ := f.Trait("gl.vendor"); vendor != "" {
		name = vendor + ", " + name
	}
	return name, gait.Answer{}
}

func why(f *gait.Features) string {
	if v, _ := f.Trait("gl.why"); v != "" {
		return v
	}
	return "no reason given"
}

// stated is a Detected that rests on what the page said of itself.
func stated(f *gait.Features, summary string) gait.Answer {
	return gait.Answer{Verdict: gait.Detected, Samples: 1, Summary: summary, First: f.Described, Best: f.Described}
}
