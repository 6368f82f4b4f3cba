using MemScope.Core.Formats.Framing;
using MemScope.Core.Formats.Text;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Kernel;

/// <summary>
/// Takes the lines of stat, statm, meminfo, vmstat and a cgroup's files in any order and makes figures of them. A key that stands again begins the next figures of its kind: a loop
/// needs no line between them.
/// </summary>
internal sealed class KernelFigures(DiagnosticBag diagnostics, ParseOptions options)
{
    /// <summary>The page size of x86-64 and of most other machines; the files count in pages and do not say how large one is.</summary>
    public const long AssumedPageBytes = 4096;

    /// <summary>More figures are counted only: one a second for a day is 86,400.</summary>
    private const int MostFigures = 100_000;

    private readonly List<SideFigures> _figures = [];
    private readonly Dictionary<string, KernelBlock> _cgroups = new(StringComparer.Ordinal);
    private readonly HashSet<(int Time, string Kind, string? Label, int Pid)> _timed = [];
    private readonly Dictionary<(string File, string Key), string> _qualified = [];
    private KernelBlock? _open;
    private string _file = "";
    private string _folder = "";
    private bool _named;

    /// <summary>The time line that what follows stands under, or null. A new one ends what is open.</summary>
    public TimeLine? Time
    {
        get;
        set
        {
            Finish();
            field = value;
        }
    }

    /// <summary>Slugs of the kinds seen, in the order of their first line.</summary>
    public List<string> Kinds { get; } = [];

    /// <summary>Ends what is open and gives everything, in the order in which it ended.</summary>
    public IReadOnlyList<SideFigures> Finish()
    {
        if (_open is { Kind: not "cgroup" }) Add(_open.ToFigures(), _open.Time);
        foreach (var cgroup in _cgroups.Values) Add(cgroup.ToFigures(), cgroup.Time);
        _cgroups.Clear();
        (_open, _named) = (null, false);
        return _figures;
    }

    /// <summary>The files' own name, where the text is that of one file.</summary>
    public void Name(string fileName)
    {
        var file = CgroupFile.OfPath(System.Text.Encoding.UTF8.GetBytes(fileName));
        // io.pressure and cpu.pressure look the same as memory's.
        _named = file.IsMemory || file.Name.EndsWith(".pressure"u8);
        if (_named) (_folder, _file) = (NameTable.Decode(file.Folder), NameTable.Decode(file.Name));
    }

    /// <summary>Takes a line; false when it belongs to none of these files.</summary>
    public bool Take(ReadOnlySpan<byte> line, int number)
    {
        if (StatLine.Parse(line, AssumedPageBytes) is { } stat) return Whole(stat);
        if (StatmLine.Parse(line, AssumedPageBytes) is { } statm) return Whole(statm);
        if (CgroupFile.TryParse(line, out var file)) return TakeFile(file, number);
        if (line.StartsWith("==> "u8)) Close();
        if (KernelLine.TryColon(line, out var colon) && IsMeminfo(colon)) return Keep(colon.Key, colon.Number, colon.IsKiB ? 1024 : null);
        if (KernelLine.TryWord(line, out var word) && TakeWord(word, line, number)) return true;
        if (!_named && line.StartsWith("some avg10="u8)) (_folder, _file) = ("", "memory.pressure");
        else if (!_named && _open is not { Kind: "cgroup" }) return false;
        return TakeContent(line, number);
    }

    private bool Whole(SideFigures figures)
    {
        if (_open is { Kind: not "cgroup" } other) Add(other.ToFigures(), other.Time);
        _open = null;
        See(figures.Kind);
        PageSizeAssumed();
        Add(figures, Time);
        return true;
    }

    private bool IsMeminfo(KernelLine line)
    {
        if (line.Key.SequenceEqual("MemTotal"u8)) Open("meminfo");
        else if (_open is not { Kind: "meminfo" } && line.IsKiB && (line.Key.SequenceEqual("MemFree"u8) || line.Key.SequenceEqual("MemAvailable"u8))) Open("meminfo");
        return _open is { Kind: "meminfo" };
    }

    /// <summary><c>key N</c>: of vmstat, which begins with an nr_ key, or of a cgroup's memory.stat or memory.events.</summary>
    private bool TakeWord(KernelLine line, ReadOnlySpan<byte> whole, int number)
    {
        // No file of a cgroup has this key: a heading above it was of another file.
        if (_open is not { Kind: "vmstat" } && line.Key.SequenceEqual("nr_free_pages"u8)) Open("vmstat");
        if (_named) return TakeContent(whole, number);
        if (line.Key.StartsWith("nr_"u8) && _open is not { Kind: "vmstat" }) Open("vmstat");
        else if (_open is { Kind: "vmstat" } && CgroupKeys.BeginsStat(line.Key)) Close();
        if (_open is { Kind: "vmstat" }) return Keep(line.Key, line.Number, CgroupKeys.UnitBytes(options.Names.Get(line.Key), AssumedPageBytes));
        if (CgroupKeys.FileOf(options.Names.Get(line.Key)) is { } file) (_folder, _file) = ("", file);
        else if (_open is not { Kind: "cgroup" }) return false;
        return TakeContent(whole, number);
    }

    private bool TakeFile(CgroupFile file, int number)
    {
        if (_open is { Kind: not "cgroup" }) Close();
        (_folder, _file, _named) = (options.Names.Get(file.Folder), options.Names.Get(file.Name), file.IsHeading);
        See("cgroup");
        return file.IsHeading || TakeContent(file.Content, number);
    }

    /// <summary>A line of the cgroup's file that was named last.</summary>
    private bool TakeContent(ReadOnlySpan<byte> line, int number)
    {
        var cursor = new ByteCursor(line);
        if (!_file.StartsWith("memory.", StringComparison.Ordinal) || _file is "memory.numa_stat" or "memory.kmem.slabinfo" or "memory.pressure_level") return PassOver(number);
        if (line.StartsWith("some avg10="u8) || line.StartsWith("full avg10="u8)) return TakePressure(line);
        if (line.SequenceEqual("max"u8)) return Keep(_file, null, isBytes: true);
        if (cursor.TryDecimal(out var value) && cursor.IsAtEnd) return Keep(_file, value, CgroupKeys.IsByteFile(_file));
        if (!KernelLine.TryWord(line, out var word)) return false;
        var key = options.Names.Get(word.Key);
        return _file == "memory.stat" ? Keep(key, word.Number, !CgroupKeys.IsEvent(key)) : Keep(Qualified(key), word.Number, isBytes: false);
    }

    /// <summary><c>some avg10=0.00 avg60=0.00 avg300=0.00 total=1234</c>: microseconds in which some or all tasks waited for memory (Documentation/accounting/psi.rst). The averages follow from it.</summary>
    private bool TakePressure(ReadOnlySpan<byte> line)
    {
        var total = line.LastIndexOf(" total="u8);
        if (total < 0) return false;
        var cursor = new ByteCursor(line[(total + " total="u8.Length)..]);
        if (!cursor.TryDecimal(out var microseconds) || !cursor.IsAtEnd) return false;
        return Keep(line[0] == 's' ? "memory.pressure.some.total_us" : "memory.pressure.full.total_us", microseconds, isBytes: false);
    }

    /// <summary>A key of a file other than memory.stat, behind the file's name.</summary>
    private string Qualified(string key)
    {
        if (!_qualified.TryGetValue((_file, key), out var name)) _qualified.Add((_file, key), name = $"{_file}.{key}");
        return name;
    }

    private bool PassOver(int number)
    {
        diagnostics.Add("KERNEL004", Severity.Info, number, $"lines of {(_file.Length > 64 ? "another file" : _file)} were passed over");
        return true;
    }

    private bool Keep(string key, ulong? number, bool isBytes)
    {
        if (!_cgroups.TryGetValue(_folder, out var block) || block.Has(key))
        {
            if (block is not null) Add(block.ToFigures(), block.Time);
            if (_cgroups.Count >= MostFigures) return true;
            See("cgroup");
            _cgroups[_folder] = block = new KernelBlock("cgroup", _folder.Length == 0 ? null : _folder, Time);
        }
        _open = block;
        Store(block, key, number, isBytes);
        return true;
    }

    private bool Keep(ReadOnlySpan<byte> name, ulong number, long? unitBytes)
    {
        var key = options.Names.Get(name);
        if (_open!.Has(key)) Open(_open.Kind);
        if (unitBytes == AssumedPageBytes) PageSizeAssumed();
        var fits = number <= KernelLine.MostBytes / (ulong)(unitBytes ?? 1);
        Store(_open, key, fits ? number * (ulong)(unitBytes ?? 1) : null, unitBytes is not null);
        return true;
    }

    private static void Store(KernelBlock block, string key, ulong? number, bool isBytes)
    {
        if (number is null || number >= (isBytes ? KernelLine.MostBytes : long.MaxValue)) block.Unlimited.Add(key);
        else (isBytes ? block.Bytes : block.Counts)[key] = (long)number;
    }

    private void Open(string kind)
    {
        Close();
        See(kind);
        _open = new KernelBlock(kind, null, Time);
    }

    private void Close()
    {
        if (_open is { Kind: not "cgroup" } open) Add(open.ToFigures(), open.Time);
        (_open, _named) = (null, false);
    }

    private void See(string kind)
    {
        if (!Kinds.Contains(kind)) Kinds.Add(kind);
    }

    private void PageSizeAssumed()
    {
        if (diagnostics.CountOf("KERNEL001") == 0) diagnostics.Add("KERNEL001", Severity.Info, 0, $"the figures are in pages, and the text does not say how large one is; {AssumedPageBytes} bytes were taken");
    }

    /// <summary>Adds figures with the time of their time line; two of the same under one line were not taken at the same moment, and only the first has it.</summary>
    private void Add(SideFigures figures, TimeLine? time)
    {
        if (figures.Bytes.Count + figures.Counts.Count == 0) return;
        if (_figures.Count >= MostFigures)
        {
            diagnostics.Add("KERNEL005", Severity.Warning, 0, $"figures beyond the first {MostFigures} were left out");
            return;
        }
        if (time is not null && _timed.Add((time.Index, figures.Kind, figures.Label, figures.Process.Pid ?? 0)))
            figures = figures with { TakenAt = time.At, TimeOrigin = TimeOrigin.InFile };
        if (figures.Process.Pid is null && time?.Pid is { } pid) figures = figures with { Process = figures.Process with { Pid = pid } };
        _figures.Add(figures);
    }
}
