using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MemScope.Web.Sharing.Redaction;

/// <summary>A property of a wire record that holds text, or records that hold some.</summary>
/// <param name="Name">Its name in the JSON of the document.</param>
/// <param name="Kind">What its text may tell; null of one that holds records.</param>
/// <param name="Inner">The record that it holds, alone, in a list or as the values of a dictionary; null of text.</param>
/// <param name="HasKeys">Whether it is a dictionary, whose keys are text of the same kind.</param>
internal sealed record WireText(string Name, TextKind? Kind, Type? Inner, bool HasKeys)
{
    private static readonly ConcurrentDictionary<Type, IReadOnlyList<WireText>> Known = new();

    /// <summary>Those of a record, in the order in which it is written.</summary>
    public static IReadOnlyList<WireText> Of(Type record) => Known.GetOrAdd(record, static type => [.. Properties(type).Select(p => Of(type, p)).OfType<WireText>()]);

    /// <summary>The properties that are written into a document.</summary>
    public static IEnumerable<PropertyInfo> Properties(Type record) => record.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(p => p.GetIndexParameters().Length == 0 && p.GetCustomAttribute<JsonIgnoreAttribute>() is not { Condition: JsonIgnoreCondition.Always });

    /// <summary>What stands in a property when lists and dictionaries are opened, and whether it is text or a record.</summary>
    public static (Type Type, bool HasKeys) Open(Type type)
    {
        if (type.IsArray) return (Open(type.GetElementType()!).Type, false);
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>)) return (Open(type.GetGenericArguments()[1]).Type, true);
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>)) return (Open(type.GetGenericArguments()[0]).Type, false);
        return (Nullable.GetUnderlyingType(type) ?? type, false);
    }

    /// <summary>Whether a type is a record of the wire.</summary>
    public static bool IsRecord(Type type) => type.Namespace == typeof(Wire.SharedViewWire).Namespace && type.IsClass;

    private static WireText? Of(Type record, PropertyInfo property)
    {
        var (type, hasKeys) = Open(property.PropertyType);
        var name = JsonNamingPolicy.CamelCase.ConvertName(property.Name);
        if (IsRecord(type)) return new WireText(name, null, type, hasKeys);
        // What is not classified is read as prose: everything is taken out of it. A test asks for the class.
        return type == typeof(string) || hasKeys ? new WireText(name, TextKinds.Of(record, property.Name) ?? TextKind.Prose, null, hasKeys) : null;
    }
}
