using System.Globalization;
using MemScope.Core.Formats.Text;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Heaptrack;

/// <summary>
/// Reads a data file of heaptrack line by line; what is kept grows with the number of distinct stacks, sizes and live blocks, not with the number of events. All numbers are hexadecimal.
/// <code>
/// v 10400 3                                    heaptrack 1.4.0, version 3 of the file
/// x 24 /opt/memscope-corpus/bin/malloc_leak    raw file only: the program
/// X /opt/memscope-corpus/bin/malloc_leak 6000 8
/// I 1000 5e298f                                bytes of a page, pages of RAM
/// a 11c00 4                                    interpreted: an allocation info of 72,704 bytes at stack 4, numbered from 0
/// + 0                                          interpreted: a block of info 0 was allocated
/// - 0                                          interpreted: one was freed
/// + 186a0 8 559f984861d0                       raw: 100,000 bytes at stack 8, at this address
/// - 559f984861d0                               raw
/// c 166                                        358 ms since the beginning
/// R 1147                                       resident pages then
/// A                                            heaptrack was attached here
/// S leak:known                                 a leak that the program itself declares as wanted
/// </code>
/// Rules: heaptrack's accumulatedtracedata.cpp and heaptrack_interpret.cpp (1.4), whose totals these are.
/// </summary>
internal sealed class HeaptrackParser
{
    private const string Slug = "heaptrack";
    private const int LastVersion = 3, SizedTexts = 3, AllocationInfos = 1;

    /// <summary>heaptrack 1.2 wrote its own version and none of the file; its files are version 1.</summary>
    private const ulong UnversionedOne = 0x010200;

    private readonly DiagnosticBag _diagnostics = new();
    private readonly HeaptrackLedger _ledger = new();
    private readonly HeaptrackTimeline _timeline = new();
    private readonly HeaptrackModules _modules = new();
    private readonly HeaptrackStacks _stacks;
    private readonly PointerTable _live = new();
    private readonly Dictionary<(long Size, int Trace), int> _infoOf = [];
    private readonly ParseOptions _options;
    private int _version, _line, _suppressions;
    private ulong _toolVersion, _lastAddress;
    private long _pageBytes = 4096, _unknownFrees, _replaced, _notHeld;
    private bool _attached, _cutOff;
    private string? _commandLine, _program;

    private HeaptrackParser(ParseOptions options) => (_options, _stacks) = (options, new HeaptrackStacks(options));

    private bool IsRaw => _program is not null;

    /// <summary>Whether blocks are told apart by address: in a raw file, and in the interpreted files of version 0.</summary>
    private bool HasAddresses => IsRaw || _version < AllocationInfos;

    /// <summary>Reads a whole file.</summary>
    public static ParsedCapture Parse(CaptureText file, ParseOptions options)
    {
        var parser = new HeaptrackParser(options);
        var lines = file.Lines(options.Limits.LineBytes);
        return parser.ReadVersion(lines) is { } unusable ? ParsedCapture.Nothing(Slug, unusable) : parser.Read(lines);
    }

    /// <summary>The first line; what is wrong with it, or null.</summary>
    private ParseDiagnostic? ReadVersion(LineStream lines)
    {
        if (!lines.Next() || lines.Line is not [(byte)'v', ..]) return new ParseDiagnostic("HEAPTRACK001", Severity.Error, 1, "The file does not begin with heaptrack's version, such as \"v 10400 3\".");
        var fields = new HeaptrackFields(lines.Line);
        if (!fields.TryHex(out _toolVersion)) return new ParseDiagnostic("HEAPTRACK001", Severity.Error, 1, "The first line holds no version of heaptrack.");
        var stated = fields.TryHex(out var version);
        if (stated && version > LastVersion)
        {
            var text = string.Create(CultureInfo.InvariantCulture, $"The file has version {version}, written by heaptrack {ToolVersion}; versions up to {LastVersion} are read. Send the output of heaptrack_print instead, or of heaptrack_print -F.");
            return new ParseDiagnostic("HEAPTRACK002", Severity.Error, 1, text);
        }
        _version = stated ? (int)version : _toolVersion == UnversionedOne ? 1 : 0;
        return null;
    }

    /// <summary>0x010400 is 1.4.0.</summary>
    private string ToolVersion => string.Create(CultureInfo.InvariantCulture, $"{_toolVersion >> 16}.{(_toolVersion >> 8) & 0xff}.{_toolVersion & 0xff}");

    private ParsedCapture Read(LineStream lines)
    {
        while (lines.Next())
        {
            _line = lines.Number;
            if (lines.IsTooLong) Skip("is too long", lines.Line);
            else if (!lines.IsTerminated && !lines.Line.IsEmpty) _cutOff = true;
            else ReadLine(lines.Line);
            if (HasAddresses) continue;
            var taken = _ledger.Run(lines.Ahead, out var events);
            lines.Pass(taken, events);
        }
        return Finish();
    }

    private void ReadLine(ReadOnlySpan<byte> line)
    {
        if (line.IsEmpty) return;
        var fields = new HeaptrackFields(line);
        switch (line[0])
        {
            case (byte)'+' when HasAddresses:
                if (!fields.TryHex(out var size) || size > HeaptrackLedger.MaxSize || !fields.TryIndex(_stacks.NodeCount + 1, out var trace) || !fields.TryHex(out var at)) Skip("is no allocation", line);
                else Allocate((long)size, trace, at);
                break;
            case (byte)'+':
                if (fields.TryIndex(_ledger.Count, out var allocated)) _ledger.Allocate(allocated);
                else Skip("names an allocation that is not there", line);
                break;
            case (byte)'-' when HasAddresses:
                if (fields.TryHex(out var address)) Free(address);
                else Skip("is no free", line);
                break;
            case (byte)'-':
                if (fields.TryIndex(_ledger.Count, out var freed)) _ledger.Free(freed);
                else Skip("names an allocation that is not there", line);
                break;
            default:
                if (!ReadDescription(line, ref fields)) Skip("was not understood", line);
                break;
        }
    }

    /// <summary>All lines that are no event; false when one makes no sense.</summary>
    private bool ReadDescription(ReadOnlySpan<byte> line, ref HeaptrackFields fields)
    {
        switch (line[0])
        {
            case (byte)'c':
                return ReadTime(ref fields);
            case (byte)'R':
                if (!fields.TryHex(out var pages) || pages > HeaptrackLedger.MaxSize / (ulong)_pageBytes) return false;
                _timeline.SetResident((long)pages * _pageBytes);
                return true;
            case (byte)'a' when !IsRaw:
                return ReadInfo(ref fields);
            case (byte)'t':
                return IsRaw ? _stacks.TryAddNode(ref fields, _modules) : _stacks.TryAddNode(ref fields);
            case (byte)'i' when !IsRaw:
                return _stacks.TryAddAddress(ref fields);
            case (byte)'s' when !IsRaw:
                return ReadString(ref fields);
            case (byte)'m' when IsRaw:
                return ReadModule(ref fields);
            case (byte)'x' when _program is null:
                if (_version < SizedTexts) _program = _options.Names.Get(fields.Rest);
                else if (fields.TryText(sized: true, out var path)) _program = _options.Names.Get(path);
                return _program is not null;
            case (byte)'X' when _commandLine is null:
                _commandLine = NameTable.Decode(fields.Rest);
                return true;
            case (byte)'I':
                if (!fields.TryHex(out var bytes) || bytes is 0 or > (1 << 30)) return false;
                _pageBytes = (long)bytes;
                return true;
            case (byte)'S':
                _suppressions++;
                return true;
            case (byte)'A' when !_attached:
                _attached = true;
                _ledger.Reset();
                return true;
            case (byte)'#':
                return true;
            default:
                return false;
        }
    }

    private bool ReadTime(ref HeaptrackFields fields)
    {
        const int nsPerMs = 1_000_000;
        if (!fields.TryHex(out var ms) || ms > long.MaxValue / nsPerMs) return false;
        var time = (long)ms * nsPerMs;
        if (time < _ledger.Time) _diagnostics.Add("HEAPTRACK004", Severity.Warning, _line, "The time goes backwards.");
        _ledger.Time = time;
        _timeline.Begin(time, _ledger.LiveBytes);
        return true;
    }

    private bool ReadInfo(ref HeaptrackFields fields)
    {
        var understood = fields.TryHex(out var size) & fields.TryIndex(_stacks.NodeCount + 1, out var trace) & size <= HeaptrackLedger.MaxSize;
        // The numbers of the infos behind it must stay right.
        if (!understood) (size, trace) = (0, 0);
        return _ledger.Add((long)size, trace, _line) >= 0 && understood;
    }

    private bool ReadString(ref HeaptrackFields fields)
    {
        ReadOnlySpan<byte> text = default;
        var understood = true;
        if (_version < SizedTexts) text = fields.Rest;
        else understood = fields.TryText(sized: true, out text) && fields.IsAtEnd;
        _stacks.AddString(text);
        return understood;
    }

    private bool ReadModule(ref HeaptrackFields fields)
    {
        if (!fields.TryText(_version >= SizedTexts, out var path)) return false;
        if (path.SequenceEqual("-"u8))
        {
            _modules.Clear();
            return true;
        }
        return _modules.TryAdd(path.SequenceEqual("x"u8) ? _program! : _options.Names.Get(path), ref fields);
    }

    private void Allocate(long size, int trace, ulong address)
    {
        if (!_infoOf.TryGetValue((size, trace), out var info))
        {
            info = _ledger.Add(size, trace, _line);
            if (info >= 0) _infoOf.Add((size, trace), info);
        }
        if (info < 0)
        {
            _notHeld++;
            return;
        }
        _ledger.Allocate(info);
        if (!_live.TryAdd(address, info, out var replaced)) _notHeld++;
        if (replaced) _replaced++;
        _lastAddress = address;
    }

    private void Free(ulong address)
    {
        if (!_live.TryTake(address, out var info))
        {
            _unknownFrees++;
            return;
        }
        // Interpreting a raw file loses the addresses, so there heaptrack_print goes by the info; in a file of version 0 it has them.
        if (IsRaw) _ledger.Free(info);
        else _ledger.Free(info, temporary: address == _lastAddress);
        _lastAddress = 0;
    }

    private void Skip(string why, ReadOnlySpan<byte> line) => _diagnostics.Add("HEAPTRACK003", Severity.Warning, _line, $"A line {why} and was skipped", line);

    private ParsedCapture Finish()
    {
        var dump = HeaptrackSites.Collect(_ledger, _stacks, out var broken);
        Report(broken);
        if (dump.Sites.Count == 0 && _timeline.Count == 0)
        {
            _diagnostics.Add("HEAPTRACK005", Severity.Error, 0, "No allocation was recorded.");
            return ParsedCapture.Nothing(Slug, [.. _diagnostics.ToList()]);
        }
        var profile = new HeapProfile(Slug, new ProcessHint(CommandLine: _commandLine), _stacks.Callchains, [dump])
        {
            Unit = WeightUnit.Bytes,
            Clock = ClockDomain.Relative,
            Timeline = _timeline.Finish(),
            Modules = _modules.All,
            PeakBytes = _ledger.PeakBytes,
            PeakTime = _ledger.PeakTime,
            Losses = Losses(),
        };
        if (_timeline.IsThinned) _diagnostics.Add("HEAPTRACK010", Severity.Info, 0, $"Of {_timeline.Count} times in the file the course keeps {profile.Timeline.Count}, with the extremes of each stretch.");
        var version = string.Create(CultureInfo.InvariantCulture, $"{ToolVersion}, file version {_version}, {(IsRaw ? "raw" : "interpreted")}");
        return ParsedCapture.Of(Slug, version, profile, _diagnostics.ToList());
    }

    private List<TraceLoss> Losses()
    {
        var losses = new List<TraceLoss>();
        if (_attached) losses.Add(new TraceLoss("began-late", 0, "heaptrack was attached to the running process: what it had allocated before is not in the file."));
        if (_cutOff) losses.Add(new TraceLoss("cut-off", 1, "The file ends in the middle of a line."));
        if (_stacks.Cut > 0) losses.Add(new TraceLoss("cut-stacks", _stacks.Cut, $"{_stacks.Cut} stacks are deeper than is kept."));
        if (_notHeld > 0) losses.Add(new TraceLoss("lost-events", _notHeld, $"{_notHeld} allocations are more than is kept of one file."));
        return losses;
    }

    private void Report(int broken)
    {
        if (_unknownFrees > 0) _diagnostics.Add("HEAPTRACK006", Severity.Info, 0, $"{_unknownFrees} frees are of blocks whose allocation is not in the file; they count for nothing.");
        if (_replaced > 0) _diagnostics.Add("HEAPTRACK007", Severity.Warning, 0, $"{_replaced} blocks were allocated where one was live: the end of that one is missing, and it counts as live.");
        if (_suppressions > 0) _diagnostics.Add("HEAPTRACK008", Severity.Info, 0, $"The program declares {_suppressions} leaks as wanted (S lines). heaptrack_print leaves them out of what is leaked; here they count as live.");
        if (_stacks.OutsideModules > 0) _diagnostics.Add("HEAPTRACK009", Severity.Info, 0, $"{_stacks.OutsideModules} addresses lie in none of the modules that the file lists.");
        if (_stacks.IsFull || _modules.Dropped > 0 || _notHeld > 0) _diagnostics.Add("HEAPTRACK011", Severity.Warning, 0, "The file has more stacks, modules or live blocks than are kept; figures by stack are incomplete.");
        if (broken > 0) _diagnostics.Add("HEAPTRACK012", Severity.Warning, 0, $"At {broken} stacks more was freed than allocated: lines are missing from the file.");
    }
}
