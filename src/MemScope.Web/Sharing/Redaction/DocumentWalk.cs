using System.Text.Json.Nodes;

namespace MemScope.Web.Sharing.Redaction;

/// <summary>Goes through a document by the types that it was written from, and meets every text in it once, in the order in which it is written.</summary>
internal abstract class DocumentWalk
{
    /// <summary>Goes through a record and all that it holds.</summary>
    public void Walk(JsonObject record, Type type)
    {
        var fields = WireText.Of(type);
        if (fields.FirstOrDefault(f => f.Kind is TextKind.Start) is { } start && fields.FirstOrDefault(f => f.Kind is TextKind.End) is { } end) Range(record, type, start.Name, end.Name);
        foreach (var field in fields)
        {
            if (field.Kind is TextKind.Start or TextKind.End || record[field.Name] is not { } node) continue;
            if (field.Inner is { } inner) Walk(node, inner, field.HasKeys);
            else if (field.HasKeys) record[field.Name] = Keys(record, field.Kind!.Value, node.AsObject());
            else if (node is JsonArray list)
            {
                for (var i = 0; i < list.Count; i++) if (list[i] is JsonValue item) list[i] = Text(record, type, field.Kind!.Value, item.GetValue<string>());
            }
            else record[field.Name] = Text(record, type, field.Kind!.Value, node.GetValue<string>());
        }
    }

    /// <summary>Meets a text; what is returned stands there afterwards.</summary>
    protected abstract string Text(JsonObject record, Type type, TextKind kind, string text);

    /// <summary>Meets both ends of a range.</summary>
    protected abstract void Range(JsonObject record, Type type, string start, string end);

    /// <summary>Meets a dictionary of texts, or of figures by text.</summary>
    protected abstract JsonObject Keys(JsonObject record, TextKind kind, JsonObject pairs);

    private void Walk(JsonNode node, Type type, bool hasKeys)
    {
        if (node is JsonArray list)
        {
            foreach (var item in list) if (item is not null) Walk(item, type, hasKeys: false);
        }
        else if (hasKeys)
        {
            foreach (var (_, item) in node.AsObject()) if (item is not null) Walk(item, type, hasKeys: false);
        }
        else Walk(node.AsObject(), type);
    }
}
