using MemScope.Core.Formats.Text;
using MemScope.Core.Formats.Traces;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Perf;

/// <summary>
/// A frame of perf script or perf trace (tools/perf/util/evsel_fprintf.c). Names hold blanks and parentheses and are matched from the right:
/// <code>
/// 	          1019b3 __mmap+0x13 (/usr/lib/x86_64-linux-gnu/libc.so.6)
/// 	           fdd14 __GI___sbrk+0x94 (inlined)
/// 	    7f5cb1af2ad7 [unknown] ([unknown])
/// 	ffffffff8175336a elf_load+0x28a ([kernel.kallsyms])
///                                        main (/opt/memscope-corpus/bin/raw_mmap_leak)          perf trace prints no address
/// </code>
/// The number of a user frame is an offset into its file since perf 5.14 and a virtual address before, in frames whose file is not known, and in samples without a callchain.
/// </summary>
/// <param name="modules">The mappings that perf listed so far.</param>
/// <param name="hasAddresses">Whether a frame begins with its address: perf script's do, perf trace's do not.</param>
internal sealed class PerfFrame(PerfModules modules, bool hasAddresses = true)
{
    // No file is that large, and no program is mapped that low: 1 TiB.
    private const ulong LeastAddress = 1UL << 40;

    /// <summary>Reads one line; null for a blank one.</summary>
    public RawFrame? Read(ReadOnlySpan<byte> line, NameTable names)
    {
        line = line.Trim(" \t\r"u8);
        if (line.IsEmpty) return null;
        var cursor = new ByteCursor(line);
        var address = 0UL;
        var hasAddress = hasAddresses && cursor.TryHex(out address) && cursor.TrySkip((byte)' ');
        var text = hasAddress ? cursor.Rest.TrimStart(" "u8) : line;
        ReadOnlySpan<byte> module = default;
        if (!text.IsEmpty && text[^1] == ')')
        {
            var open = Parentheses.OpenOfLast(text[..^1]);
            if (open >= 0 && (open == 0 || text[open - 1] == ' '))
            {
                module = text[(open + 1)..^1];
                text = text[..open].TrimEnd(" "u8);
            }
        }
        var inlined = module.SequenceEqual("inlined"u8);
        var path = inlined || module.IsEmpty || module.SequenceEqual("[unknown]"u8) ? null : names.Get(module);
        var (function, offset) = Symbol(text, names);
        if (function is null && !hasAddress && text.StartsWith("[0x"u8) && new ByteCursor(text[3..]).TryHex(out address)) hasAddress = true;
        return new RawFrame
        {
            Address = hasAddress ? address : 0,
            AddressKind = !hasAddress ? FrameAddressKind.None : KindOf(address, path, inlined),
            Module = path,
            Function = function,
            FunctionOffset = offset,
            Inlined = inlined,
        };
    }

    private FrameAddressKind KindOf(ulong address, string? module, bool inlined) =>
        address >= LeastAddress || (module is null && !inlined) || (module is not null && modules.Holds(module, address)) ? FrameAddressKind.Absolute : FrameAddressKind.InModule;

    // "operator new+0x1b", "main" (-F -symoff), "[unknown]"; perf trace writes an address without a name as "[0x7f8e58f038a8]".
    private static (string? Function, ulong? Offset) Symbol(ReadOnlySpan<byte> text, NameTable names)
    {
        if (text.IsEmpty || text.SequenceEqual("[unknown]"u8) || (text.StartsWith("[0x"u8) && text[^1] == ']')) return (null, null);
        var plus = text.LastIndexOf("+0x"u8);
        var cursor = new ByteCursor(plus > 0 ? text[(plus + 3)..] : default);
        return cursor.TryHex(out var offset) && cursor.IsAtEnd ? (names.Get(text[..plus]), offset) : (names.Get(text), null);
    }

    /// <summary>
    /// Gives a frame that was inlined the module of the function that it is inlined into, which stands below it with the same address: perf prints <c>(inlined)</c> in its place. Where libc's own
    /// debug file calls a whole function inlined (<c>__GI___mmap64</c>), there is none, and the module stays unknown.
    /// </summary>
    public static void FillModules(List<RawFrame> frames)
    {
        for (var i = frames.Count - 2; i >= 0; i--)
        {
            var outer = frames[i + 1];
            if (frames[i] is { Inlined: true, Module: null } inlined && outer.Module is not null && outer.Address == inlined.Address) frames[i] = inlined with { Module = outer.Module, AddressKind = outer.AddressKind };
        }
    }
}
