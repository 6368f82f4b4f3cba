using System.Text.Json;

namespace MemScope.Core.Formats.Python;

/// <summary>Strings of JSON that may hold anything.</summary>
internal static class JsonString
{
    /// <summary>The string that a reader stands on; of one that is no text in Unicode (half of a surrogate pair) the bytes as they are.</summary>
    public static string Of(ref Utf8JsonReader reader)
    {
        try
        {
            return Text.NameTable.Decode(System.Text.Encoding.UTF8.GetBytes(reader.GetString() ?? ""));
        }
        catch (InvalidOperationException)
        {
            return Text.NameTable.Decode(reader.ValueSpan);
        }
    }
}
