using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MemScope.Core.Formats.Perf;

/// <summary>Finds the end of a stack in one pass over its bytes: lines that begin with a tab, up to a blank line.</summary>
internal static class PerfStackLines
{
    /// <summary>
    /// Bytes of the frames at the front of a text, the newline of the last included, when they are followed by a blank line; 0 when the text begins with no frame, when another line follows
    /// the frames, or when the text ends before.
    /// </summary>
    /// <param name="text">What follows the line of a sample.</param>
    /// <param name="lines">How many frames.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Measure(ReadOnlySpan<byte> text, out int lines)
    {
        lines = 0;
        if (text.IsEmpty || text[0] != '\t') return 0;
        var at = 0;
        ref var start = ref MemoryMarshal.GetReference(text);
        // The byte behind each newline is looked at as well: a tab begins the next frame, a newline ends the stack.
        for (; at + Vector256<byte>.Count < text.Length; at += Vector256<byte>.Count)
        {
            var newlines = Vector256.Equals(Vector256.LoadUnsafe(ref start, (nuint)at), Vector256.Create((byte)'\n'));
            if (newlines == Vector256<byte>.Zero) continue;
            var tabs = Vector256.Equals(Vector256.LoadUnsafe(ref start, (nuint)at + 1), Vector256.Create((byte)'\t'));
            var ends = Vector256.AndNot(newlines, tabs).ExtractMostSignificantBits();
            var mask = newlines.ExtractMostSignificantBits();
            if (ends == 0)
            {
                lines += BitOperations.PopCount(mask);
                continue;
            }
            var first = BitOperations.TrailingZeroCount(ends);
            lines += BitOperations.PopCount(mask & ((2u << first) - 1));
            at += first;
            return text[at + 1] == '\n' ? at + 1 : 0;
        }
        for (; at + 1 < text.Length; at++)
        {
            if (text[at] != '\n') continue;
            lines++;
            if (text[at + 1] == '\n') return at + 1;
            if (text[at + 1] != '\t') return 0;
        }
        return 0;
    }
}
