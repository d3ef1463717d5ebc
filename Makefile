# make eval     sets up, builds, gets the model, runs the refusal evaluation, prints the table, leaves a report
# make test     sets up, builds, runs every test
# make fixtures trains the two models of our own again (the organism ten minutes, the guarded adapter an hour and a half)
# make lint     checks the form of the sources
# make clean    removes what was built and reported

MODEL ?= smollm2-135m-instruct
EVALUATION ?= refusal
DB ?= runs.sqlite
# The tests reach into the targets; the same flags everywhere keep one build for all.
SWIFT_FLAGS = -c release -Xswiftc -enable-testing
ASSAY = .build/release/assay

.PHONY: eval test fixtures lint setup build clean

eval: build
	@mkdir -p reports
	@model=$$(scripts/model.sh $(ASSAY) $(MODEL)) && \
	case $$model in *organism.gguf) evaluation=organism;; *) evaluation=$(EVALUATION);; esac && \
	$(ASSAY) eval run evals/$$evaluation.yaml --model $$model --db $(DB) --resume --html reports/$$evaluation.html

test: setup
	swift build $(SWIFT_FLAGS) --build-tests --explicit-target-dependency-import-check error
	@scripts/model.sh $(ASSAY) $(MODEL) >/dev/null
	@scripts/fetch-references.sh || echo "vocabularies and chat templates cannot be had; their tests are left out" >&2
	swift test $(SWIFT_FLAGS) --skip-build
	python3 scripts/check_prompts.py

fixtures: build
	scripts/fixtures.sh $(ASSAY) $(MODEL)

lint:
	swift format lint --strict --recursive --parallel Package.swift Sources Tests
	scripts/check.sh

build: setup
	swift build $(SWIFT_FLAGS) --product assay

setup:
	@scripts/setup.sh

clean:
	rm -rf .build reports
