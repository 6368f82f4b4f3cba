using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MemScope.Core.Formats.Traces;

/// <summary>Finds the end of a stack in one pass over its bytes: lines that begin with one and the same byte, a tab or a blank.</summary>
internal static class StackBlock
{
    /// <summary>Room that a stack has in the buffer when it is taken as a whole; longer ones are read line by line.</summary>
    public const int Bytes = 16 << 10;

    /// <summary>Bytes of the lines at the front of a text that begin with <paramref name="lead"/>, the newline of the last included; 0 when the first does not, or when the text ends before another line begins.</summary>
    /// <param name="text">What follows the line of a call.</param>
    /// <param name="lead">How a frame's line begins.</param>
    /// <param name="lines">How many frames.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Measure(ReadOnlySpan<byte> text, byte lead, out int lines)
    {
        lines = 0;
        if (text.IsEmpty || text[0] != lead) return 0;
        var at = 0;
        ref var start = ref MemoryMarshal.GetReference(text);
        // The byte behind each newline is looked at as well: the lead begins the next frame, all else ends the stack.
        for (; at + Vector256<byte>.Count < text.Length; at += Vector256<byte>.Count)
        {
            var newlines = Vector256.Equals(Vector256.LoadUnsafe(ref start, (nuint)at), Vector256.Create((byte)'\n'));
            if (newlines == Vector256<byte>.Zero) continue;
            var leads = Vector256.Equals(Vector256.LoadUnsafe(ref start, (nuint)at + 1), Vector256.Create(lead));
            var ends = Vector256.AndNot(newlines, leads).ExtractMostSignificantBits();
            var mask = newlines.ExtractMostSignificantBits();
            if (ends == 0)
            {
                lines += BitOperations.PopCount(mask);
                continue;
            }
            var first = BitOperations.TrailingZeroCount(ends);
            lines += BitOperations.PopCount(mask & ((2u << first) - 1));
            return at + first + 1;
        }
        for (; at + 1 < text.Length; at++)
        {
            if (text[at] != '\n') continue;
            lines++;
            if (text[at + 1] != lead) return at + 1;
        }
        return 0;
    }
}
