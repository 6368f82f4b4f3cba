using MemScope.Web.Wire;

namespace MemScope.Web.Exports;

/// <summary>How a frame is called in files of other tools.</summary>
internal static class ExportedNames
{
    /// <summary>What stands for events without a stack.</summary>
    public const string NoStack = "[no stack]";

    /// <summary>A frame's name, or <c>module+0xoffset</c> when there is none.</summary>
    public static string Of(FrameWire frame) => frame.Function ?? (frame.Module is null ? $"0x{frame.Offset ?? "?"}" : $"{Path.GetFileName(frame.Module)}+0x{frame.Offset ?? "?"}");

    /// <summary>The same on one line, without the separator of folded stacks and without control characters: the file is printed in terminals, which would obey them.</summary>
    public static string Folded(FrameWire frame) => string.Concat(Of(frame).Select(c => c is ';' ? ':' : char.IsControl(c) || c is '\u2028' or '\u2029' ? ' ' : c));
}
