/// Small charts of one kind beside and under each other.
struct PanelGrid {
    struct Frame {
        var x: Double
        var y: Double
        var width: Double
    }

    private let count: Int
    private let columns: Int
    private let panelHeight: Double
    private let width: Double
    private let gap = 28.0

    init(count: Int, columns: Int, panelHeight: Double, size: Drawing.Size) {
        self.count = count
        self.columns = max(1, min(columns, count))
        self.panelHeight = panelHeight
        width = size.width
    }

    var height: Double {
        Double((count + columns - 1) / columns) * panelHeight
    }

    func frame(_ index: Int) -> Frame {
        let panel = (width - gap * Double(columns - 1)) / Double(columns)
        return Frame(
            x: Double(index % columns) * (panel + gap),
            y: Double(index / columns) * panelHeight,
            width: panel
        )
    }
}
