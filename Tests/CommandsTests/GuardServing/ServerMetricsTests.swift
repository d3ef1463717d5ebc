import Testing

@testable import Commands

struct ServerMetricsTests {
    @Test func textIsInPrometheusForm() {
        let metrics = ServerMetrics()
        metrics.note(path: "/v1/moderations", status: 200)
        metrics.note(path: "/v1/moderations", status: 200)
        metrics.note(path: "/healthz", status: 200)
        metrics.note(decision: "harmless")
        for seconds in [0.025, 0.25, 20] { metrics.note(seconds: seconds) }
        #expect(
            metrics.text(waiting: 3, residentBytes: 4096) == """
                # HELP assay_guard_requests_total Replies by path and status.
                # TYPE assay_guard_requests_total counter
                assay_guard_requests_total{path="/healthz",status="200"} 1
                assay_guard_requests_total{path="/v1/moderations",status="200"} 2
                # HELP assay_guard_verdicts_total Verdicts by decision.
                # TYPE assay_guard_verdicts_total counter
                assay_guard_verdicts_total{decision="harmless"} 1
                # HELP assay_guard_request_seconds Time from a request's head to its reply.
                # TYPE assay_guard_request_seconds histogram
                assay_guard_request_seconds_bucket{le="0.01"} 0
                assay_guard_request_seconds_bucket{le="0.025"} 1
                assay_guard_request_seconds_bucket{le="0.05"} 1
                assay_guard_request_seconds_bucket{le="0.1"} 1
                assay_guard_request_seconds_bucket{le="0.25"} 2
                assay_guard_request_seconds_bucket{le="0.5"} 2
                assay_guard_request_seconds_bucket{le="1.0"} 2
                assay_guard_request_seconds_bucket{le="2.5"} 2
                assay_guard_request_seconds_bucket{le="5.0"} 2
                assay_guard_request_seconds_bucket{le="10.0"} 2
                assay_guard_request_seconds_bucket{le="+Inf"} 3
                assay_guard_request_seconds_sum 20.275
                assay_guard_request_seconds_count 3
                # HELP assay_guard_texts_waiting Texts that wait for the guard.
                # TYPE assay_guard_texts_waiting gauge
                assay_guard_texts_waiting 3
                # HELP process_resident_memory_bytes Resident memory of the process.
                # TYPE process_resident_memory_bytes gauge
                process_resident_memory_bytes 4096

                """)
    }

    @Test func residentMemoryIsThatOfAProcess() throws {
        let bytes = try #require(ResidentMemory.bytes())
        #expect((1 << 20..<1 << 40).contains(bytes))
    }
}
