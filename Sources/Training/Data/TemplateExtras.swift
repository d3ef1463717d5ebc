internal import Tokenization

/// What a row gives the template of its conversation beside the messages.
struct TemplateExtras {
    /// Nil without any.
    var tools: TemplateValue?
    var variables: [String: TemplateValue]
}

extension TrainingRow {
    var extras: TemplateExtras { TemplateExtras(tools: tools, variables: templateVariables) }
}
