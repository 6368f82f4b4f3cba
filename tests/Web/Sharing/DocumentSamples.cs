using System.Collections;
using System.Text.Json;
using System.Text.Json.Nodes;
using MemScope.Web.Sharing;
using MemScope.Web.Sharing.Redaction;
using MemScope.Web.Wire;

namespace MemScope.Web.Tests.Sharing;

/// <summary>A shared document with a text in every place that can hold one, made from the types: a field that is added tomorrow is in it.</summary>
internal static class DocumentSamples
{
    private const int Deepest = 9;

    /// <summary>The document.</summary>
    /// <param name="textOf">The text for a place of a class.</param>
    public static SharedViewWire Full(Func<TextKind, string> textOf)
    {
        var document = Record(typeof(SharedViewWire), textOf, 0);
        document["version"] = SharedViewWire.KnownVersion;
        return document.Deserialize<SharedViewWire>(ShareReader.Json)!;
    }

    /// <summary>All records that a document can hold.</summary>
    public static IReadOnlySet<Type> Records()
    {
        var seen = new HashSet<Type>();
        var ahead = new Queue<Type>([typeof(SharedViewWire)]);
        while (ahead.TryDequeue(out var type))
            if (seen.Add(type)) foreach (var property in WireText.Properties(type)) if (WireText.Open(property.PropertyType).Type is var inner && WireText.IsRecord(inner)) ahead.Enqueue(inner);
        return seen;
    }

    private static JsonObject Record(Type type, Func<TextKind, string> textOf, int depth)
    {
        var record = new JsonObject();
        foreach (var property in WireText.Properties(type))
        {
            if (property.GetSetMethod() is null) continue; // computed
            if (Value(property.PropertyType, TextKinds.Of(type, property.Name) ?? TextKind.Prose, textOf, depth) is { } value) record[JsonNamingPolicy.CamelCase.ConvertName(property.Name)] = value;
        }
        return record;
    }

    private static JsonNode? Value(Type type, TextKind kind, Func<TextKind, string> textOf, int depth)
    {
        if (type == typeof(string)) return textOf(kind);
        if (WireText.IsRecord(type)) return depth < Deepest ? Record(type, textOf, depth + 1) : null;
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>))
            return new JsonObject { [kind is TextKind.Labels ? "role" : textOf(kind)] = Value(type.GetGenericArguments()[1], kind, textOf, depth) };
        if (type.IsArray || typeof(IEnumerable).IsAssignableFrom(type))
            return Value(type.IsArray ? type.GetElementType()! : type.GetGenericArguments()[0], kind, textOf, depth) is { } item ? new JsonArray(item) : new JsonArray();
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        return JsonSerializer.SerializeToNode(plain == typeof(Guid) ? Guid.NewGuid() : Activator.CreateInstance(plain), plain, ShareReader.Json);
    }
}
