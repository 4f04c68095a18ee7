# What can be run here. `make demo` and `make test` set a fresh Debian 12 with Swift up by themselves.

PREFIX  ?= /usr
DESTDIR ?=
DEBIAN_PACKAGES := $(shell sed 's/\#.*//' debian-packages.txt)
RELEASE := .build/release

.PHONY: demo test build packages install format lint units bench goldens clean

demo: build                     ## render examples/picnic.nuwa with a real nuwad and print where the film is
	scripts/demo

test: packages                  ## set up and run every test
	swift build --build-tests
	swift test --skip-build

build: packages                 ## release build of nuwad, nuwactl and nuwa
	swift build -c release

packages:                       ## install the Debian packages that are missing
	scripts/install-packages $(DEBIAN_PACKAGES)

install:                        ## after `make build`: install under $(DESTDIR)$(PREFIX); needs root for the real system
	DESTDIR=$(DESTDIR) PREFIX=$(PREFIX) scripts/install $(RELEASE)

format:                         ## rewrite the sources in the house format
	swift format --in-place --recursive --parallel Package.swift Sources Tests

lint:                           ## fail on anything not in the house format
	swift format lint --strict --recursive --parallel Package.swift Sources Tests

units:                          ## check the unit, sysusers.d and tmpfiles.d files
	scripts/check-units

bench: build                    ## nuwa against its PyTorch twin, as ratios of one run
	Benchmarks/run

goldens:                        ## make the golden tensors anew with the PyTorch twin
	python3 reference/goldens.py

clean:
	swift package clean
