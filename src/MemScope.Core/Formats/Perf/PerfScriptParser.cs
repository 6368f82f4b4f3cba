using MemScope.Core.Formats.Text;
using MemScope.Core.Formats.Traces;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Perf;

/// <summary>
/// Reads what perf script prints: a line for each sample, its stack behind it, a blank line, and records of mappings and tasks between them:
/// <code>
/// raw_mmap_leak     0 [000]     0.000000: PERF_RECORD_MMAP2 3358/3358: [0x557ba1a13000(0x1000) @ 0x1000 fe:00 1212430 0]: r-xp /opt/memscope-corpus/bin/raw_mmap_leak
/// raw_mmap_leak  3358 [001]  3482.658675:    syscalls:sys_enter_mmap: addr: 0x00000000, len: 0x00010000, prot: 0x00000003, flags: 0x00000022, fd: 0xffffffff, off: 0x00000000
/// 	          1019b3 __mmap+0x13 (/usr/lib/x86_64-linux-gnu/libc.so.6)
/// 	            1c53 serve_request+0x13 (/opt/memscope-corpus/bin/raw_mmap_leak)
///
/// raw_mmap_leak  3358 [001]  3482.658697:     syscalls:sys_exit_mmap: 0x7f9d016c8000
/// 	          1019b3 __mmap+0x13 (/usr/lib/x86_64-linux-gnu/libc.so.6)
///
/// python3 18159  2138.755807:          1 page-faults:
/// 	ffffffff8175336a elf_load+0x28a ([kernel.kallsyms])
/// </code>
/// The enter and the exit of a call by one thread become one event, with the time and the stack of the enter. Samples of other events are added up by callchain.
/// </summary>
internal sealed class PerfScriptParser
{
    private const int NoEvent = -1;
    private const string Advice = "record with -g, or with --call-graph dwarf where programs have no frame pointers.";

    private readonly ParseOptions _options;
    private readonly PerfModules _modules = new();
    private readonly StackTable _stacks;
    private readonly TraceBuilder _trace;
    private readonly StackLines _stack = new();
    private readonly PerfSamples _samples = new();
    private readonly PerfCalls _calls;
    private readonly PerfRecords _records;
    private readonly Dictionary<string, (PerfEvent Event, byte[] Bytes)> _events = new(StringComparer.Ordinal);
    private (PerfEvent? Event, byte[] Bytes) _lastEvent = (null, []);
    private readonly Dictionary<string, (string Name, byte[] Bytes)> _comms = new(StringComparer.Ordinal);
    private (string Name, byte[] Bytes) _lastComm = ("", []);
    private PerfSamples.Pending? _sample;
    private int _owner = NoEvent, _understood;
    private bool _inSample;
    private long _inlineStacks;
    private string _version = "";

    private PerfScriptParser(ParseOptions options)
    {
        _options = options;
        _stacks = new StackTable(new PerfFrame(_modules).Read, options) { Finish = PerfFrame.FillModules, RemembersLines = true };
        _trace = new TraceBuilder("perf", _stacks);
        _calls = new PerfCalls(_trace);
        _records = new PerfRecords(_modules, _calls, _trace, options.Names);
    }

    /// <summary>Reads a whole file.</summary>
    public static ParsedCapture Parse(CaptureText file, ParseOptions options)
    {
        var parser = new PerfScriptParser(options);
        parser.ReadLines(file.Lines(options.Limits.LineBytes));
        return parser.Finish();
    }

    private void ReadLines(LineStream lines)
    {
        while (lines.Next())
        {
            var line = lines.Line;
            if (line.IsEmpty)
            {
                EndSample();
            }
            else if (lines.IsTooLong)
            {
                _trace.Diagnostics.Add("PERF004", Severity.Warning, lines.Number, $"A line of more than {_options.Limits.LineBytes} bytes was skipped.");
            }
            else if (!lines.IsTerminated && (line[0] != '\t' || line[^1] != ')'))
            {
                // What the line ends in may lack digits or letters.
                _trace.Lose("cut-off", 1, "The file ends in the middle of a line.");
            }
            else if (line[0] == '\t')
            {
                AddToStack(line, lines.Number);
            }
            else if (PerfHeader.TryRead(line, out var header))
            {
                EndSample();
                Begin(header, line, lines.Number);
                TakeStack(lines);
            }
            else
            {
                ReadOther(line, lines.Number);
            }
        }
        EndSample();
    }

    private void AddToStack(ReadOnlySpan<byte> line, int number)
    {
        if (_owner >= 0 || _sample is not null) _stack.Add(line);
        else if (!_inSample) _trace.Diagnostics.Add("PERF002", Severity.Warning, number, "A frame that belongs to no sample was skipped", line);
    }

    /// <summary>Takes the stack of the sample as a whole where it is in the buffer and looks as usual; else it is read line by line.</summary>
    private void TakeStack(LineStream lines)
    {
        if (!_inSample || lines.IsCrLf || _stack.Any) return;
        var ahead = lines.AheadAtLeast(StackBlock.Bytes);
        var length = StackBlock.Measure(ahead[..Math.Min(ahead.Length, _options.Limits.LineBytes)], (byte)'\t', out var frames);
        if (length == 0 || ahead[length] != '\n') return;
        EndSample(ahead[..length]);
        lines.Pass(length + 1, frames + 1);
    }

    private void EndSample()
    {
        if (_inSample) EndSample(_stack.Bytes);
    }

    private void EndSample(ReadOnlySpan<byte> stack)
    {
        if (_owner >= 0 && !stack.IsEmpty) _trace.SetStack(_owner, stack);
        if (_sample is { } sample) _samples.Add(sample, _stacks.Intern(stack));
        _stack.Clear();
        _owner = NoEvent;
        _sample = null;
        _inSample = false;
    }

    private void Begin(in PerfHeader header, ReadOnlySpan<byte> line, int number)
    {
        if (header.Body.StartsWith("PERF_RECORD_"u8))
        {
            _understood++;
            var modules = _modules.All.Count;
            if (!_records.TryRead(header.Body["PERF_RECORD_"u8.Length..], header.TimeNs, number)) _trace.Diagnostics.Add("PERF002", Severity.Warning, number, "Not understood and skipped", line);
            // A low address that was an offset may lie in a module from here on.
            if (_modules.All.Count > modules) _stacks.ForgetLines();
            return;
        }
        var cursor = new ByteCursor(header.Body);
        var hasPeriod = cursor.TryDecimal(out var period) && cursor.Next == ' ';
        if (hasPeriod) cursor.SkipBlanks();
        else cursor = new ByteCursor(header.Body);
        var name = cursor.Word();
        if (name is not [.., (byte)':'] || name.Length == 1)
        {
            _trace.Diagnostics.Add("PERF002", Severity.Warning, number, "Not understood and skipped", line);
            return;
        }
        _understood++;
        _inSample = true;
        var comm = CommOf(header.Comm);
        _calls.Processes.Named(header.Tid, comm);
        if (header.Pid > 0) _calls.Processes.Known(header.Tid, header.Pid);
        var perfEvent = EventOf(name[..^1]);
        perfEvent.Count++;
        if (perfEvent.Kind is PerfEventKind.Sample or PerfEventKind.OtherCall) BeginSample(perfEvent, comm, hasPeriod ? (long)Math.Min(period, long.MaxValue) : 1, cursor.Rest, number);
        else if (!_calls.TryRead(perfEvent, header, cursor.Rest, number, out _owner)) _trace.Diagnostics.Add("PERF005", Severity.Warning, number, "The numbers of a call could not be read", line);
    }

    // A sample without a callchain has its one address on the same line, and behind the address of the data that it touched where that was recorded (perf record -d).
    private void BeginSample(PerfEvent perfEvent, string comm, long period, ReadOnlySpan<byte> rest, int number)
    {
        _sample = new PerfSamples.Pending(perfEvent, comm, period, number);
        rest = rest.Trim(" "u8);
        if (rest is not [.., (byte)')'] || perfEvent.Kind != PerfEventKind.Sample) return;
        var cursor = new ByteCursor(rest);
        if (!cursor.TryHex(out _) || !cursor.TrySkip((byte)' ')) return;
        cursor.SkipBlanks();
        var behindFirst = cursor.Rest;
        if (cursor.TryHex(out _) && cursor.TrySkip((byte)' ') && cursor.Next != '(') rest = behindFirst;
        _stack.Add(rest);
        _inlineStacks++;
    }

    // A recording has a handful of events, and comparing bytes costs less than hashing them.
    private PerfEvent EventOf(ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual(_lastEvent.Bytes)) return _lastEvent.Event!;
        var text = _options.Names.Get(name);
        if (!_events.TryGetValue(text, out var known)) _events.Add(text, known = (PerfEvent.Of(name, _options.Names), name.ToArray()));
        _lastEvent = known;
        return known.Event;
    }

    private string CommOf(ReadOnlySpan<byte> comm)
    {
        if (comm.SequenceEqual(_lastComm.Bytes)) return _lastComm.Name;
        var name = _options.Names.Get(comm);
        if (!_comms.TryGetValue(name, out var known)) _comms.Add(name, known = (name, comm.ToArray()));
        _lastComm = known;
        return name;
    }

    private void ReadOther(ReadOnlySpan<byte> line, int number)
    {
        if (line[0] == '#')
        {
            Comment(line);
            return;
        }
        // Text that was copied from a terminal has blanks in place of the tab.
        if (_inSample && ByteCursor.IsBlank(line[0]) && line.TrimEnd(" \r"u8) is [.., (byte)')'])
        {
            AddToStack(line, number);
            return;
        }
        EndSample();
        if (PerfMessage.TryLost(line, out var lost))
        {
            _understood++;
            _records.AddLost(lost);
        }
        else if (PerfMessage.IsError(line))
        {
            // The reason stands behind it: "Error: No permissions to read …".
            _trace.Diagnostics.Add("PERF006", line.StartsWith("event syntax error:"u8) ? Severity.Warning : Severity.Error, number, "perf said", line);
        }
        else if (!PerfMessage.IsNotice(line) && line.IndexOfAnyExcept((byte)' ', (byte)'\t', (byte)'\r') >= 0)
        {
            _trace.Diagnostics.Add("PERF002", Severity.Warning, number, "Not understood and skipped", line);
        }
    }

    // perf script --header: "# perf version : 6.1.192".
    private void Comment(ReadOnlySpan<byte> line)
    {
        var cursor = new ByteCursor(line);
        if (!cursor.TrySkip("# perf version"u8)) return;
        cursor.SkipBlanks();
        if (cursor.TrySkip(":"u8)) _version = _options.Names.Get(cursor.Rest.Trim(" "u8));
    }

    private ParsedCapture Finish()
    {
        var process = _calls.Processes.Resolve(_trace.Events, out var guessed);
        _trace.KnowsOrder = guessed <= 1;
        if (guessed > 1) _trace.Diagnostics.Add("PERF008", Severity.Warning, 0, $"The text does not say whose the {guessed} threads are, and they were taken for threads of one process: print pids (-F +pid) or --show-task-events.");
        if (_modules.Anonymous > 0) _trace.Diagnostics.Add("PERF007", Severity.Info, 0, $"Records of anonymous mappings were passed over, for the calls tell of them: {_modules.Anonymous}.");
        _records.Lose();
        var calls = _trace.Events.Count > 0;
        var losses = _trace.Losses.ToArray();
        if (calls) _calls.Lose();
        ReportEvents(calls);
        var modules = _modules.All;
        var profiles = _samples.ToProfiles(e => !calls || e.Kind == PerfEventKind.Sample, process, _stacks.Callchains, modules, losses);
        if (!calls && profiles.Count > 0) return new ParsedCapture("perf", _version, [], [], [], _trace.Diagnostics.ToList()) { HeapProfiles = profiles };
        if (!calls) _trace.Diagnostics.Add("PERF001", Severity.Warning, 0, "No memory call was recorded: the process made none of the traced calls while perf watched, or perf could not attach.");
        else _trace.LoseCutStacks("without frame pointers perf record needs --call-graph dwarf, and a larger stack where that is not enough (--call-graph dwarf,65528).");
        var capture = _trace.Build("perf", _understood > 0, ClockDomain.Monotonic, process, Advice);
        return capture with { Version = _version, Traces = [.. capture.Traces.Select(t => t with { Modules = modules, ThreadNames = _calls.Processes.Names })], HeapProfiles = profiles };
    }

    private void ReportEvents(bool calls)
    {
        var others = _events.Values.Select(e => e.Event).Where(e => e.Kind is PerfEventKind.Sample or PerfEventKind.OtherCall).OrderByDescending(e => e.Count).ThenBy(e => e.Name, StringComparer.Ordinal).ToArray();
        if (others.Length == 0) return;
        var names = string.Join(", ", others.Take(10).Select(e => FormattableString.Invariant($"{e.Count} {e.Name}"))) + (others.Length > 10 ? " and others" : "");
        _trace.Diagnostics.Add("PERF003", Severity.Info, 0, calls
            ? $"Samples that are no memory calls were added up by callchain (other system calls were only counted): {names}."
            : $"The file holds no memory call. Its samples were added up by callchain: {names}.");
    }
}
