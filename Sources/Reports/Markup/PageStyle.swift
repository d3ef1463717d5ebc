/// The one style sheet of all pages: light and dark, screen and paper, wide and narrow.
enum PageStyle {
    static let sheet: StaticString = """
        :root {
          color-scheme: light dark;
          --paper: #ffffff; --raised: #f6f7f8; --ink: #1b1e23; --soft: #59616d; --faint: #8a929e;
          --rule: #e2e5e9; --axis: #a9b0ba; --warn: #8a4b00; --warn-paper: #fff6e6;
          --s0: #0072b2; --s1: #d55e00; --s2: #009e73; --s3: #b8608f; --s4: #c98a00; --s5: #3a9bd9;
          --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "Liberation Sans",
            Arial, sans-serif;
          --mono: ui-monospace, SFMono-Regular, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --paper: #15181c; --raised: #1d2126; --ink: #e6e9ed; --soft: #a2abb7; --faint: #7b8491;
            --rule: #2c3138; --axis: #59616d; --warn: #ffc978; --warn-paper: #2b2316;
            --s0: #5cb3ea; --s1: #f2894b; --s2: #35c298; --s3: #e39cc5; --s4: #f0c045; --s5: #a9d8f7;
          }
        }
        * { box-sizing: border-box; }
        html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
        body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 var(--sans);
          font-variant-numeric: tabular-nums lining-nums; overflow-wrap: anywhere; }
        main { max-width: 944px; margin: 0 auto; padding: 56px 32px 72px; }
        header { margin-bottom: 36px; }
        .eyebrow { margin: 0 0 6px; color: var(--soft); font-size: 13px; font-weight: 600; letter-spacing: .04em; }
        h1 { margin: 0 0 10px; font-size: 34px; line-height: 1.15; font-weight: 680; letter-spacing: -.015em; }
        h2 { margin: 56px 0 6px; font-size: 21px; line-height: 1.3; font-weight: 650; letter-spacing: -.005em; }
        h3 { margin: 28px 0 8px; font-size: 16px; line-height: 1.4; font-weight: 650; }
        p { margin: 0 0 14px; max-width: 70ch; }
        .lead { color: var(--soft); font-size: 18px; line-height: 1.5; margin-bottom: 0; }
        .quiet { color: var(--soft); }
        .small { font-size: 14px; }
        .notice { background: var(--warn-paper); color: var(--warn); border-radius: 8px; padding: 10px 16px;
          max-width: none; margin: 20px 0; }
        .cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(250px, 100%), 1fr)); gap: 16px;
          margin: 28px 0 8px; padding: 0; list-style: none; }
        .card { background: var(--raised); border-radius: 10px; padding: 16px 18px 14px; }
        .card .name { display: flex; gap: 9px; align-items: baseline; font-size: 14px; font-weight: 600; }
        .card .figure { font-size: 30px; line-height: 1.2; font-weight: 650; letter-spacing: -.01em; margin-top: 8px; }
        .card .range { color: var(--soft); font-size: 14px; }
        .card .more { color: var(--soft); font-size: 14px; margin-top: 6px; }
        .swatch { flex: none; width: 10px; height: 10px; border-radius: 3px; background: var(--c); }
        dl.facts { display: grid; grid-template-columns: minmax(120px, max-content) minmax(0, 1fr); gap: 5px 28px;
          margin: 12px 0 18px; font-size: 15px; }
        dl.facts dt { color: var(--soft); }
        dl.facts dd { margin: 0; }
        code, pre, .digest { font-family: var(--mono); font-size: .87em; }
        pre { background: var(--raised); border-radius: 8px; padding: 12px 16px; margin: 12px 0; white-space: pre-wrap;
          line-height: 1.5; }
        pre.words { font-family: var(--sans); font-size: 14px; margin: 4px 0 10px; }
        figure { margin: 18px 0 8px; }
        figcaption { color: var(--soft); font-size: 14px; margin-top: 10px; max-width: 80ch; }
        .chart { display: block; width: 100%; height: auto; overflow: visible; font-family: var(--sans); }
        .chart.compact { display: none; }
        .chart text { fill: var(--ink); font-size: 13px; }
        .chart .tick, .chart .count { fill: var(--soft); font-size: 12.5px; }
        .chart .axis-name { fill: var(--soft); font-size: 13px; }
        .chart .note { fill: var(--soft); font-size: 13px; }
        .chart .number { font-size: 13px; }
        .chart .strong { font-weight: 650; }
        .chart .label { font-size: 13.5px; }
        .chart.compact .label { font-size: 13px; }
        .chart.compact .number { font-size: 12.5px; }
        .chart .count { font-size: 11.5px; }
        .grid { stroke: var(--rule); stroke-width: 1; }
        .axis { stroke: var(--axis); stroke-width: 1; }
        .line { fill: none; stroke: var(--c); stroke-width: 2.25; stroke-linejoin: round; stroke-linecap: round; }
        .context { fill: none; stroke: var(--axis); stroke-width: 1; opacity: .45; }
        .leader { fill: none; stroke: var(--c); stroke-width: 1; opacity: .55; }
        .band { fill: var(--c); opacity: .14; }
        .band.faint { opacity: .07; }
        .mark { fill: var(--c); stroke: var(--paper); stroke-width: 1.5; }
        .hollow { fill: var(--paper); stroke: var(--c); stroke-width: 2; }
        .point { fill: var(--c); opacity: .35; }
        .whisker { stroke: var(--c); stroke-width: 2.25; stroke-linecap: round; opacity: .75; }
        .cap { stroke: var(--c); stroke-width: 1.5; opacity: .75; }
        .bar { fill: var(--c); }
        .bar.inner { opacity: .5; }
        .backing { fill: var(--paper); }
        .heat { fill: var(--c); }
        .h0 { opacity: .05; } .h1 { opacity: .16; } .h2 { opacity: .28; } .h3 { opacity: .4; } .h4 { opacity: .52; }
        .s0 { --c: var(--s0); } .s1 { --c: var(--s1); } .s2 { --c: var(--s2); }
        .s3 { --c: var(--s3); } .s4 { --c: var(--s4); } .s5 { --c: var(--s5); }
        .scroll { overflow-x: auto; margin: 14px 0; }
        table { border-collapse: collapse; min-width: min(100%, 560px); font-size: 14.5px; line-height: 1.4; }
        caption { text-align: left; color: var(--soft); font-size: 14px; padding-bottom: 8px; }
        th, td { overflow-wrap: break-word; text-align: left; vertical-align: baseline; padding: 7px 40px 7px 0;
          border-bottom: 1px solid var(--rule); }
        th:last-child, td:last-child { padding-right: 0; }
        thead th { color: var(--soft); font-weight: 600; font-size: 13px; border-bottom-color: var(--axis); }
        tbody th { font-weight: 500; }
        tbody th:not(.n) { min-width: 8em; }
        tr.section th { font-weight: 600; padding-top: 20px; border-bottom-color: var(--axis); }
        tr.section .quiet { font-weight: 400; }
        .n { text-align: right; }
        td.n, tbody th.n { white-space: nowrap; }
        td .range { color: var(--soft); }
        tr:has(+ tr > .below) > * { border-bottom: 0; padding-bottom: 2px; }
        td.below { padding-top: 0; }
        td.below details { border: 0; padding: 0; }
        td.below summary { font-size: 13.5px; font-weight: 500; color: var(--soft); }
        details { border-top: 1px solid var(--rule); padding: 10px 0; }
        details + details { margin-top: 0; }
        details:last-of-type { border-bottom: 1px solid var(--rule); }
        summary { cursor: pointer; font-weight: 600; font-size: 15px; }
        summary:focus-visible { outline: 2px solid var(--s0); outline-offset: 3px; border-radius: 3px; }
        math { font-size: 1.1em; }
        .formula { margin: 14px 0; overflow-x: auto; }
        footer { margin-top: 64px; padding-top: 16px; border-top: 1px solid var(--rule); color: var(--faint);
          font-size: 13px; }
        @media (max-width: 760px) {
          main { padding: 32px 20px 48px; }
          h1 { font-size: 27px; }
          h2 { margin-top: 44px; }
          .lead { font-size: 16.5px; }
          dl.facts { grid-template-columns: minmax(0, 1fr); gap: 0; }
          dl.facts dd { margin-bottom: 8px; }
          th, td { padding-right: 16px; }
          .chart.wide { display: none; }
          .chart.compact { display: block; max-width: 480px; }
        }
        @media print {
          :root { color-scheme: light;
            --paper: #ffffff; --raised: #f4f5f6; --ink: #000000; --soft: #444b55; --faint: #666666;
            --rule: #d9dce0; --axis: #8a929e; --warn: #5c3200; --warn-paper: #fff6e6;
            --s0: #0072b2; --s1: #d55e00; --s2: #009e73; --s3: #b8608f; --s4: #c98a00; --s5: #3a9bd9; }
          @page { margin: 16mm; }
          body { font-size: 10.5pt; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
          main { max-width: none; padding: 0; }
          .chart.wide { display: block; }
          .chart.compact { display: none; }
          figure, .card, tr, pre { break-inside: avoid; }
          h2, h3 { break-after: avoid; }
          .scroll { overflow: visible; }
        }
        """
}
