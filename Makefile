# What can be run here. `make demo` and `make test` set a fresh Debian 12 with Swift up by themselves.

DESTDIR ?=
# A Python with the packages of reference/requirements.txt: for bench and goldens only.
NUWA_PYTHON ?= python3
DEBIAN_PACKAGES := $(shell sed 's/\#.*//' debian-packages.txt)
RELEASE := .build/release

# How long `make soak` goes on.
MINUTES ?= 2
# Inputs that `make fuzz` gives to each of four readers: ten million over all.
RUNS ?= 2500000
# How long `make contract` asks.
SECONDS ?= 60

.PHONY: demo test build packages install deb release format lint units manuals boot-test package-test cluster-test page-test faults crowd soak fuzz contract bench goldens clean

demo: build                     ## render examples/picnic.nuwa with a real nuwad and print where the film is
	scripts/demo

test: packages                  ## set up and run every test
	swift build --build-tests
	swift test --skip-build

# With Swift's own libraries in them, programs start in a fifth of the time, and need no Swift where they run.
build: packages                 ## release build of nuwad, nuwactl and nuwa
	swift build -c release --static-swift-stdlib

packages:                       ## install the Debian packages that are missing
	@scripts/install-packages $(DEBIAN_PACKAGES)

install:                        ## after `make build`: install into the system, which needs root, or under $(DESTDIR)
	DESTDIR=$(DESTDIR) scripts/install $(RELEASE)

deb: packages                   ## build the Debian packages into .build-deb/packages
	@scripts/install-packages debhelper dpkg-dev lintian
	scripts/deb

release:                        ## check, package and tag what is committed
	scripts/release

format:                         ## rewrite the sources in the house format
	swift format --in-place --recursive --parallel Package.swift Sources Tests

lint:                           ## fail on anything not in the house format, on imports that the architecture does not allow, and on merges left half done
	swift format lint --strict --recursive --parallel Package.swift Sources Tests
	scripts/check-imports
	! git grep -nE '^(<{7}|>{7}) '

units:                          ## check the unit, sysusers.d and tmpfiles.d files
	@scripts/install-packages systemd
	scripts/check-units

manuals: build                  ## check the manual pages and completions that `make install` makes
	@scripts/install-packages man-db mandoc zsh fish
	scripts/check-manuals $(RELEASE)

boot-test: build package-test   ## nuwad and its packages under a systemd that boots in a container: start, page, reload, watchdog, kill, reboot, limits, stop
	@scripts/install-packages systemd dbus curl python3
	Tests/Boot/boot-test $(RELEASE)

package-test: deb               ## the packages in such a container: installed, upgraded in the middle of a render, removed, purged
	@scripts/install-packages systemd dbus python3 man-db
	Tests/Boot/package-test .build-deb/packages

cluster-test: build             ## nuwad with a Slurm of three nodes on this machine: films, a node that dies, a controller that restarts, a cancel
	@RUNLEVEL=1 scripts/install-packages slurmctld slurmd slurm-client slurm-wlm-basic-plugins munge python3
	Tests/Cluster/cluster-test $(RELEASE)

page-test: build                ## the page in a real Chromium and a real Firefox, while a real nuwad renders
	@scripts/install-packages chromium firefox-esr python3 python3-venv
	test -x .build/page-test/bin/python || python3 -m venv .build/page-test
	@if .build/page-test/bin/pip install --quiet --requirement Tests/Page/requirements.txt; then \
		.build/page-test/bin/python Tests/Page/page-test $(RELEASE); \
	else printf '\n**** PAGE TEST SKIPPED: the packages of Tests/Page/requirements.txt cannot be had ****\n\n'; fi

faults: build                   ## a life of three jobs for each of its durable operations: killed there, refused there, the power cut there
	@scripts/install-packages python3
	Tests/Faults/sweep $(RELEASE)

crowd: build                    ## twenty thousand scripts at once: one job each, seconds, memory, and how quick the answers are meanwhile
	@scripts/install-packages python3
	Tests/Faults/crowd $(RELEASE)

soak: build                     ## MINUTES of kills, stops, freezes, clock jumps and full disks on one state directory
	@scripts/install-packages python3
	Tests/Faults/soak $(RELEASE) --minutes $(MINUTES)

fuzz: build                     ## whatever reads other people's bytes, with mutations of Tests/Fuzzers/corpora; then requests to a real nuwad
	@scripts/install-packages python3
	Tests/Fuzzers/fuzz $(RUNS)
	Tests/Fuzzers/http $(RELEASE)

contract: build                 ## for SECONDS, requests made from docs/openapi.yaml, and whether the answers are what it promises
	@scripts/install-packages python3 python3-venv
	test -x .build/contract/bin/python || python3 -m venv .build/contract
	.build/contract/bin/pip install --quiet --requirement Tests/Fuzzers/requirements.txt
	.build/contract/bin/python Tests/Fuzzers/contract $(RELEASE) --seconds $(SECONDS)

bench: build                    ## what looking costs beside its budget; nuwa against its PyTorch twin, as ratios of one run
	Benchmarks/queries
	NUWA_PYTHON=$(NUWA_PYTHON) Benchmarks/run

goldens:                        ## make the golden tensors anew with the PyTorch twin
	$(NUWA_PYTHON) reference/tiny.py Tests/Fixtures/models/tiny
	$(NUWA_PYTHON) reference/goldens.py Tests/Fixtures/models/tiny Tests/Fixtures/goldens/tiny
	$(NUWA_PYTHON) reference/tiny.py Tests/Fixtures/models/tiny-extended --extending Tests/Fixtures/models/tiny
	$(NUWA_PYTHON) reference/goldens.py Tests/Fixtures/models/tiny-extended Tests/Fixtures/goldens/tiny-extended --extended
	$(NUWA_PYTHON) reference/goldens.py models/cartoon Tests/Fixtures/goldens/cartoon --networks

clean:
	swift package clean
