using MemScope.Core.Formats.Strace;
using MemScope.Core.Formats.Text;
using MemScope.Core.Formats.Traces;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Perf;

/// <summary>
/// The arguments of a call as perf trace prints them: by name, decimal or hexadecimal, flags without their prefix (with it where trace.show_prefix is set), zeros left out:
/// <code>addr: 0x7f9cfd630000, old_len: 10027008, new_len: 10092544, flags: MAYMOVE) = 0x7f9cfe910000</code>
/// </summary>
internal static class PerfTraceArguments
{
    private const int LongestFlag = 64;

    /// <summary>Reads the arguments of a memory call.</summary>
    /// <param name="call">Which call.</param>
    /// <param name="name">Its name as printed.</param>
    /// <param name="text">What stands behind the opening parenthesis.</param>
    /// <param name="cloneFlags">CLONE_VM and CLONE_THREAD of a clone.</param>
    /// <param name="unknownFlag">Whether a flag has a name that is not known.</param>
    public static TraceEvent Read(MemoryCall call, ReadOnlySpan<byte> name, ReadOnlySpan<byte> text, out ulong cloneFlags, out bool unknownFlag)
    {
        var fields = new MemoryCallFields();
        // clone3 has its flags in memory, and makes threads nearly always.
        cloneFlags = name.SequenceEqual("vfork"u8) || name.SequenceEqual("clone3"u8) ? StraceFlags.CloneVm : 0;
        unknownFlag = false;
        while (!text.IsEmpty)
        {
            var end = EndOfArgument(text);
            var field = text[..end];
            text = end < text.Length && text[end] == ',' ? text[(end + 1)..].TrimStart(" "u8) : default;
            var colon = field.IndexOf(": "u8);
            if (colon <= 0) continue;
            var key = field[..colon];
            var value = field[(colon + 2)..];
            var cursor = new ByteCursor(value);
            if (key.SequenceEqual("clone_flags"u8)) cloneFlags = CloneFlags(value);
            else if (cursor.TryNumber(out var number) && cursor.Next != '|') fields.Add(key, number);
            else if (PrefixOf(key, call) is var prefix && !prefix.IsEmpty) fields.Add(key, Flags(value, prefix, ref unknownFlag));
        }
        return call == MemoryCall.Other ? new TraceEvent { Call = call } : fields.ToEvent(call);
    }

    // "fd: 3</tmp/a, b)>": a path in angle brackets holds anything.
    private static int EndOfArgument(ReadOnlySpan<byte> text)
    {
        var inPath = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '<') inPath = true;
            else if (text[i] == '>') inPath = false;
            else if (!inPath && text[i] is (byte)',' or (byte)')') return i;
        }
        return text.Length;
    }

    private static ReadOnlySpan<byte> PrefixOf(ReadOnlySpan<byte> key, MemoryCall call) =>
        key.SequenceEqual("prot"u8) ? "PROT_"u8
        : key.SequenceEqual("flags"u8) ? (call == MemoryCall.Mremap ? "MREMAP_"u8 : "MAP_"u8)
        : key.SequenceEqual("behavior"u8) || key.SequenceEqual("advice"u8) ? "MADV_"u8
        : default;

    private static ulong Flags(ReadOnlySpan<byte> text, ReadOnlySpan<byte> prefix, ref bool unknownFlag)
    {
        ulong value = 0;
        Span<byte> name = stackalloc byte[LongestFlag];
        foreach (var range in text.Split((byte)'|'))
        {
            var part = text[range].Trim(" "u8);
            ulong bits = 0;
            if (part.StartsWith(prefix) || part is [>= (byte)'0' and <= (byte)'9', ..])
            {
                unknownFlag |= !StraceFlags.TryParse(part, out bits);
            }
            else if (prefix.Length + part.Length <= name.Length)
            {
                prefix.CopyTo(name);
                part.CopyTo(name[prefix.Length..]);
                unknownFlag |= !StraceFlags.TryParse(name[..(prefix.Length + part.Length)], out bits);
            }
            else
            {
                unknownFlag = true;
            }
            value |= bits;
        }
        return value;
    }

    private static ulong CloneFlags(ReadOnlySpan<byte> text)
    {
        ulong flags = 0;
        foreach (var range in text.Split((byte)'|'))
        {
            var part = text[range];
            if (part.StartsWith("CLONE_"u8)) part = part["CLONE_"u8.Length..];
            if (part.SequenceEqual("VM"u8)) flags |= StraceFlags.CloneVm;
            else if (part.SequenceEqual("THREAD"u8)) flags |= StraceFlags.CloneThread;
        }
        return flags;
    }
}
