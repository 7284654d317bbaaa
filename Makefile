# make run    builds Gait and starts its demo
# make test   everything, in real browsers too; installs what that needs
# make help   the rest

GO      ?= go
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo devel)
LDFLAGS := -X main.version=$(VERSION)
TOOL    := $(GO) tool -modfile=tools.mod

.PHONY: help run build test test-go test-faults test-browser lint fmt ui types bench detect detect-quick calibrate trace pictures screenshots fuzz browsers clean

help:
	@echo 'run           build and start the demo'
	@echo 'build         bin/gait'
	@echo 'test          test-go and test-browser'
	@echo 'test-go       Go tests with the race detector; faults of the disk and old schemas without it; needs nothing but Go'
	@echo 'test-faults   faults of the disk under the race detector; minutes'
	@echo 'test-browser  tests in real browsers; installs Chromium, Firefox, Xvfb, xdotool and npm packages'
	@echo 'lint          formatting, vet, staticcheck, types of the scripts'
	@echo 'fmt           format the Go code'
	@echo 'ui            rebuild the committed scripts and styles from their sources'
	@echo 'bench         the speed and size table'
	@echo 'detect        record all automation, judge it and PEOPLE=DIR, write docs/detection.md; hours, goes on where it was'
	@echo 'detect-quick  judge the committed corpus, and a few runs recorded on the spot; minutes'
	@echo 'calibrate     thresholds and weights from PEOPLE=DIR and the recorded automation'
	@echo 'trace         what the tracker costs a page, by Chromium own trace'
	@echo 'pictures      takes the pictures in docs/img anew'
	@echo 'screenshots   takes the pictures of the dashboard in docs/img anew; ALL=1 takes every view, OUT=DIR takes them elsewhere'
	@echo 'fuzz          each fuzz target for FUZZTIME (default 30s)'

run: build
	@./bin/gait demo --log-level=warn

build:
	$(GO) build -ldflags '$(LDFLAGS)' -o bin/gait ./cmd/gait

test: test-go test-browser

# These ask the same of one store very often, which takes minutes under the race detector; TestConformance runs the same code under it.
SLOW := TestFaults|TestEverySchemaConforms
test-go:
	$(GO) test -race -skip '^($(SLOW))$$' ./store/sqlite ./... # what takes longest begins first
	$(GO) test -run '^($(SLOW))$$' ./store/sqlite

test-faults:
	$(GO) test -race -count=1 -run '^TestFaults$$' ./store/sqlite

test-browser: browsers node_modules/.package-lock.json
	$(GO) test -count=1 -p 2 -timeout 30m -tags browser ./cmd/gait/... ./tracker/... ./replay/...

lint: node_modules/.package-lock.json
	@unformatted=$$($(TOOL) gofumpt -l .); \
	if [ -n "$$unformatted" ]; then echo "run make fmt: $$unformatted"; exit 1; fi
	$(GO) vet -tags browser ./... # which leaves no file out
	$(TOOL) staticcheck -tags browser ./...
	npx --no-install tsc --noEmit -p .

fmt:
	$(TOOL) gofumpt -w .

ui:
	$(GO) run ./internal/bundle/cmd

bench:
	$(GO) run ./internal/bench

# What make detect records, and the folder with recordings of people, if there is one.
RUNS   ?= .cache/attack.jsonl
PEOPLE ?=
PACKS   = $(if $(PEOPLE),$(wildcard $(PEOPLE)/*.jsonl $(PEOPLE)/*.jsonl.xz))

# A run that fails leaves the others; the next make detect tries it again.
detect: build browsers node_modules/.package-lock.json
	@mkdir -p $(dir $(RUNS))
	-node attack/run.mjs --out $(RUNS)
	./bin/gait eval --markdown $(RUNS) $(PACKS) > bin/detection.md
	mv bin/detection.md docs/detection.md

detect-quick: build browsers node_modules/.package-lock.json
	./bin/gait eval --baseline eval/testdata/baseline.json eval/testdata/corpus.jsonl.xz
	@rm -f bin/quick.jsonl
	node attack/run.mjs --quick --out bin/quick.jsonl
	./bin/gait eval --found-as eval/testdata/baseline.json bin/quick.jsonl

# HELDOUT=agent_behavior=FOUND/KINDS,FLAGGED/PEOPLE is what the training of a check measured on what it left out.
HELDOUT ?=
calibrate:
	@test -n '$(PEOPLE)' || { echo 'PEOPLE=DIR names the folder with recordings of people'; exit 2; }
	$(GO) run ./eval/calibrate -write -people $(PEOPLE) -runs $(RUNS)$(foreach h,$(HELDOUT), -heldout $(h))

trace: node_modules/.package-lock.json
	node attack/trace.mjs --seconds 10 --runs 5

pictures: build browsers node_modules/.package-lock.json
	./bin/gait demo --json --listen 127.0.0.1:0 > bin/demo.json & demo=$$!; trap "kill $$demo" EXIT; sleep 2; \
	node demo/screenshots.mjs --url "$$(sed 's/.*"url":"\([^"]*\)".*/\1/' bin/demo.json)" --out docs/img

OUT ?= docs/img
screenshots: build browsers node_modules/.package-lock.json
	./bin/gait demo --json --listen 127.0.0.1:0 > bin/demo.json & demo=$$!; trap "kill $$demo" EXIT; sleep 2; \
	node dash/screenshots.mjs --url "$$(sed 's/.*"url":"\([^"]*\)".*/\1/' bin/demo.json)" --out $(OUT) $(if $(ALL),--all)

FUZZTIME ?= 30s
fuzz:
	@$(GO) test -list '^Fuzz' ./... | awk '/^Fuzz/ { t[n++] = $$1 } $$1 == "ok" { for (i = 0; i < n; i++) print t[i], $$2; n = 0 }' | \
	while read -r target room; do \
		echo "$$target $$room"; \
		$(GO) test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 1x "$$room" </dev/null || exit 1; \
	done

# Debian's packages that the browser tests and the recordings of automation drive.
APT := chromium chromium-driver xvfb xdotool xclip firefox-esr at-spi2-core dbus-daemon gir1.2-atspi-2.0 python3-gi xz-utils
browsers:
	@for tool in chromium chromedriver Xvfb xdotool xclip firefox-esr dbus-daemon xz; do command -v $$tool >/dev/null || missing=$$tool; done; \
	/usr/bin/python3 -c 'import gi; gi.require_version("Atspi", "2.0")' 2>/dev/null || missing=atspi; \
	if [ -n "$$missing" ]; then \
		sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; \
		$$sudo apt-get update && DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y --no-install-recommends $(APT); \
	fi

node_modules/.package-lock.json: package.json package-lock.json
	npm ci
	@touch $@

clean:
	rm -rf bin node_modules
