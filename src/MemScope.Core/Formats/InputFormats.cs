namespace MemScope.Core.Formats;

/// <summary>All formats that MemScope reads, in sniffing order.</summary>
public static class InputFormats
{
    /// <summary>The registry. One line per format.</summary>
    public static IReadOnlyList<InputFormat> All { get; } = [];
}
