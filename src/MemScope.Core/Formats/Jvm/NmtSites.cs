using System.Buffers.Text;
using System.Runtime.InteropServices;
using MemScope.Core.Formats.Text;
using MemScope.Core.Formats.Traces;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Jvm;

/// <summary>
/// The call sites of <c>VM.native_memory detail</c>: a stack, leaf first, and below it what was allocated there. The map of the reserved ranges in front of them repeats the mmap sites
/// range by range and is passed over.
/// <code>
/// [0x00007f9597ad0c9c] Unsafe_AllocateMemory0+0x7c
/// [0x00007f958094555a]
///                              (malloc=8192KB type=Other #8) (at peak)
///
/// [0x00007f9597b1a461] ReservedSpace::reserve(unsigned long, unsigned long, unsigned long, char*, bool)+0x291
///                              (reserved=48KB, committed=20KB Type=Code)          a difference prints "mmap: " in front
/// </code>
/// </summary>
internal sealed class NmtSites(ParseOptions options)
{
    private readonly StackTable _stacks = new(ReadFrame, options);
    private readonly List<HeapDump> _dumps = [];
    private List<HeapSite> _sites = [];
    private readonly List<byte> _stack = [];
    private int _line, _stackLine, _ranges;
    private bool _isRange;

    /// <summary>Whether the report is a difference: then it lists only the call sites that changed, and their sum says nothing.</summary>
    public bool IsDifference { get; set; }

    /// <summary>A report begins: its sites are those of another moment.</summary>
    public void BeginReport(int line)
    {
        EndReport();
        (_line, IsDifference) = (line, false);
    }

    /// <summary>Takes a line; false when it belongs to no site.</summary>
    public bool Take(ReadOnlySpan<byte> line, int number)
    {
        var text = line.TrimStart(" \t"u8);
        if (text.StartsWith("[0x"u8))
        {
            // `[0x00000000fc000000 - 0x0000000100000000] reserved 67108864 for Java Heap from`
            if (text.IndexOf(" - 0x"u8) is > 0 and < 32)
            {
                (_isRange, _ranges) = (true, _ranges + 1);
                _stack.Clear();
                return true;
            }
            if (_isRange) return true;
            if (_stack.Count == 0) _stackLine = number;
            if (_stack.Count < options.Limits.LineBytes) _stack.AddRange([.. text, (byte)'\n']);
            return true;
        }
        if (_stack.Count == 0 || !text.StartsWith("("u8)) return false;
        AddSite(text);
        _stack.Clear();
        return true;
    }

    /// <summary>An empty line ends a stack that nothing was said of.</summary>
    public void EndStack()
    {
        _stack.Clear();
        _isRange = false;
    }

    /// <summary>The profile, or null when no site was printed.</summary>
    public HeapProfile? Build(ProcessHint process, DiagnosticBag diagnostics)
    {
        EndReport();
        if (_ranges > 0) diagnostics.Add("NMT002", Severity.Info, 0, $"the list of {_ranges} reserved and committed ranges was passed over; the call sites below it hold the same memory");
        return _dumps.Count == 0 ? null : new HeapProfile("jvm-nmt", process, _stacks.Callchains, _dumps) { Unit = WeightUnit.Bytes };
    }

    private void EndReport()
    {
        EndStack();
        if (_sites.Count == 0) return;
        _dumps.Add(new HeapDump(_sites) { Line = _line, LiveBytes = IsDifference ? null : _sites.SumOf(s => s.Live ?? 0), Label = IsDifference ? "changed call sites" : null });
        _sites = [];
    }

    private void AddSite(ReadOnlySpan<byte> text)
    {
        long? live = null, count = null;
        var isMapped = text.StartsWith("(reserved="u8) || text.StartsWith("(mmap: "u8);
        var items = new NmtItems(text);
        while (items.Next())
        {
            if (items.IsCount) count ??= items.Number;
            else if (items.Name.SequenceEqual("malloc"u8) || items.Name.SequenceEqual("committed"u8)) live ??= items.Number;
        }
        if (live is null) return;
        var type = TypeOf(text);
        var kind = isMapped ? options.Names.Get([.. "mmap "u8, .. type]) : options.Names.Get(type);
        _sites.Add(new HeapSite { Callchain = _stacks.Intern(CollectionsMarshal.AsSpan(_stack)), Kind = kind.Length == 0 ? null : kind, Live = live, LiveCount = count, Line = _stackLine });
    }

    /// <summary>The category: <c>type=Arena Chunk #1)</c>, <c>Type=GC)</c>, from JDK 24 on <c>tag=</c>.</summary>
    private static ReadOnlySpan<byte> TypeOf(ReadOnlySpan<byte> text)
    {
        var at = text.IndexOf("ype="u8);
        if (at < 0) at = text.IndexOf("tag="u8);
        if (at < 0) return default;
        text = text[(at + 4)..];
        var end = text.IndexOfAny("#+-)"u8);
        return (end < 0 ? text : text[..end]).Trim(" "u8);
    }

    /// <summary><c>[0x00007f9597ad0c9c] Unsafe_AllocateMemory0+0x7c</c>; code that the JIT wrote has no name.</summary>
    private static RawFrame? ReadFrame(ReadOnlySpan<byte> line, NameTable names)
    {
        var cursor = new ByteCursor(line);
        if (!cursor.TrySkip("[0x"u8) || !cursor.TryHex(out var address) || !cursor.TrySkip((byte)']')) return null;
        var name = cursor.Rest.Trim(" \r"u8);
        var plus = name.LastIndexOf("+0x"u8);
        ulong? offset = plus > 0 && Utf8Parser.TryParse(name[(plus + 3)..], out ulong value, out var used, 'x') && used == name.Length - plus - 3 ? value : null;
        if (offset is not null) name = name[..plus];
        return new RawFrame { Address = address, AddressKind = FrameAddressKind.Absolute, Function = name.IsEmpty ? null : names.Get(name), FunctionOffset = offset };
    }
}
