using System.Text.Json;
using MemScope.Core.Formats;
using MemScope.Core.Model;

namespace MemScope.Agent.Parsing;

/// <summary>What <c>parse</c> prints of a file. Scripts rely on the members: more may be added, none renamed.</summary>
/// <param name="File">As given on the command line.</param>
/// <param name="Format">Slug.</param>
/// <param name="Version">What could be told of the tool's version, or empty.</param>
/// <param name="Snapshots">How many.</param>
/// <param name="Regions">Mappings of the last snapshot, 0 without one.</param>
/// <param name="RssBytes">Sum of Rss over the mappings of each snapshot; null where the source prints none.</param>
/// <param name="Events">Calls by kind: <c>mmap</c>, <c>munmap</c> …</param>
/// <param name="Callchains">Distinct stacks of its traces and heap profiles.</param>
/// <param name="Diagnostics">What was skipped, cut or looked wrong.</param>
internal sealed record ParseReport(string File, string Format, string Version, int Snapshots, int Regions, long?[] RssBytes,
    IReadOnlyDictionary<string, int> Events, int Callchains, IReadOnlyList<ParseRemark> Diagnostics)
{
    /// <summary>Live bytes of the last dump of the heap profiles, summed; null without one.</summary>
    public long? LiveBytes { get; init; }

    /// <summary>Greatest live bytes of the heap profiles; null where none says it.</summary>
    public long? PeakBytes { get; init; }

    /// <summary>The traces with their clocks, when there are any.</summary>
    public IReadOnlyList<ParsedTrace>? Traces { get; init; }

    /// <summary>Heap profiles, when there are any.</summary>
    public int? HeapProfiles { get; init; }

    /// <summary>Blocks of figures by kind, when there are any: <c>status</c>, <c>malloc-info</c> …</summary>
    public IReadOnlyDictionary<string, int>? Figures { get; init; }

    /// <summary>Entries of JIT symbol maps, when there are any.</summary>
    public int? PerfMapEntries { get; init; }

    /// <summary>Files of an archive by format, when it is one; the empty format counts those that were not read.</summary>
    public IReadOnlyDictionary<string, int>? Members { get; init; }

    /// <summary>Condenses what was read.</summary>
    public static ParseReport Of(string file, ParsedCapture parsed)
    {
        var rss = new long?[parsed.Snapshots.Count];
        for (var i = 0; i < rss.Length; i++) rss[i] = parsed.Snapshots[i].RssBytes;
        return new ParseReport(file, parsed.Format, parsed.Version, parsed.Snapshots.Count, parsed.Snapshots.Count == 0 ? 0 : parsed.Snapshots[^1].Vmas.Count,
            rss, EventsOf(parsed.Traces), parsed.Traces.Sum(t => t.Callchains.Count) + parsed.HeapProfiles.Sum(p => p.Callchains.Count),
            [.. parsed.Diagnostics.Select(d => new ParseRemark(d.Id, d.Severity.ToString().ToLowerInvariant(), d.Line, d.Text) { Member = d.Member })])
        {
            LiveBytes = parsed.HeapProfiles.Any(p => p.LiveBytes is not null) ? parsed.HeapProfiles.SumOf(p => p.LiveBytes ?? 0) : null,
            PeakBytes = parsed.HeapProfiles.Count == 0 ? null : parsed.HeapProfiles.Max(p => p.PeakBytes),
            Traces = parsed.Traces.Count == 0 ? null : [.. parsed.Traces.Select(ParsedTrace.Of)],
            HeapProfiles = parsed.HeapProfiles.Count == 0 ? null : parsed.HeapProfiles.Count,
            Figures = parsed.Figures.Count == 0 ? null : Counts(parsed.Figures.Select(f => f.Kind)),
            PerfMapEntries = parsed.PerfMaps.Count == 0 ? null : parsed.PerfMaps.Sum(m => m.Entries.Count),
            Members = parsed.Members.Count == 0 ? null : Counts(parsed.Members.Select(m => m.Format)),
        };
    }

    /// <summary>Writes it as one line of JSON, each member under its name. By hand: a serializer's preparation would take longer than most files.</summary>
    public void WriteTo(Stream output)
    {
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            json.WriteString("file"u8, File);
            json.WriteString("format"u8, Format);
            json.WriteString("version"u8, Version);
            json.WriteNumber("snapshots"u8, Snapshots);
            json.WriteNumber("regions"u8, Regions);
            json.WriteStartArray("rssBytes"u8);
            foreach (var rss in RssBytes)
            {
                if (rss is { } bytes) json.WriteNumberValue(bytes);
                else json.WriteNullValue();
            }
            json.WriteEndArray();
            Write(json, "events", Events);
            json.WriteNumber("callchains"u8, Callchains);
            json.WriteStartArray("diagnostics"u8);
            foreach (var remark in Diagnostics) remark.WriteTo(json);
            json.WriteEndArray();
            Write(json, "liveBytes", LiveBytes);
            Write(json, "peakBytes", PeakBytes);
            WriteTraces(json);
            Write(json, "heapProfiles", HeapProfiles);
            Write(json, "figures", Figures);
            Write(json, "perfMapEntries", PerfMapEntries);
            Write(json, "members", Members);
            json.WriteEndObject();
        }
        output.WriteByte((byte)'\n');
    }

    private void WriteTraces(Utf8JsonWriter json)
    {
        if (Traces is null) return;
        json.WriteStartArray("traces"u8);
        foreach (var trace in Traces) trace.WriteTo(json);
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, string name, long? number)
    {
        if (number is { } known) json.WriteNumber(name, known);
    }

    private static void Write(Utf8JsonWriter json, string name, IReadOnlyDictionary<string, int>? counts)
    {
        if (counts is null) return;
        json.WriteStartObject(name);
        foreach (var (key, count) in counts) json.WriteNumber(key, count);
        json.WriteEndObject();
    }

    private static IReadOnlyDictionary<string, int> EventsOf(IReadOnlyList<Trace> traces)
    {
        if (traces.Count == 0) return new Dictionary<string, int>(StringComparer.Ordinal);
        var events = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var group in traces.SelectMany(t => t.Events).CountBy(e => e.Call)) events[group.Key.ToString().ToLowerInvariant()] = group.Value;
        return events;
    }

    private static SortedDictionary<string, int> Counts(IEnumerable<string> names)
    {
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var (name, count) in names.CountBy(n => n)) counts[name] = count;
        return counts;
    }
}

/// <summary>A trace as printed.</summary>
/// <param name="Tool">Slug of the tool.</param>
/// <param name="Clock">Clock of its times: <c>wall</c>, <c>walltimeofday</c>, <c>monotonic</c>, <c>relative</c>, <c>none</c>.</param>
/// <param name="Events">How many calls.</param>
internal sealed record ParsedTrace(string Tool, string Clock, int Events)
{
    /// <summary>What ties its clock to wall time; absent when nothing in the file does.</summary>
    public ParsedAnchor? Anchor { get; init; }

    /// <summary>What it lost: kinds.</summary>
    public IReadOnlyList<string> Losses { get; init; } = [];

    /// <summary>Condenses a trace.</summary>
    public static ParsedTrace Of(Trace trace) => new(trace.Tool, trace.Clock.ToString().ToLowerInvariant(), trace.Events.Count)
    {
        Anchor = trace.Anchor is not { } anchor ? null
            : new ParsedAnchor(anchor.Origin.ToString(), anchor.Sureness) { From = trace.Events.Count == 0 ? null : anchor.WallOf(trace.Events.Min(e => e.TimeNs)) },
        Losses = [.. trace.Losses.Select(l => l.Kind)],
    };

    /// <summary>Writes it as an object.</summary>
    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("tool"u8, Tool);
        json.WriteString("clock"u8, Clock);
        json.WriteNumber("events"u8, Events);
        if (Anchor is { } anchor)
        {
            json.WriteStartObject("anchor"u8);
            json.WriteString("origin"u8, anchor.Origin);
            json.WriteString("sureness"u8, anchor.Sureness);
            if (anchor.From is { } from) json.WriteString("from"u8, from);
            json.WriteEndObject();
        }
        json.WriteStartArray("losses"u8);
        foreach (var loss in Losses) json.WriteStringValue(loss);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}

/// <summary>An anchor as printed.</summary>
/// <param name="Origin">Where it comes from: <c>Clock</c>, <c>InFile</c> …</param>
/// <param name="Sureness"><c>exact</c>, <c>within 10 ms</c>, <c>guessed</c>.</param>
internal sealed record ParsedAnchor(string Origin, string Sureness)
{
    /// <summary>Wall time of the first event.</summary>
    public DateTimeOffset? From { get; init; }
}

/// <summary>A diagnostic as printed.</summary>
internal sealed record ParseRemark(string Id, string Severity, int Line, string Text)
{
    /// <summary>Archive member, or null.</summary>
    public string? Member { get; init; }

    /// <summary>Writes it as an object.</summary>
    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, Id);
        json.WriteString("severity"u8, Severity);
        json.WriteNumber("line"u8, Line);
        json.WriteString("text"u8, Text);
        if (Member is not null) json.WriteString("member"u8, Member);
        json.WriteEndObject();
    }
}

/// <summary>A file that could not be taken at all.</summary>
/// <param name="File">As given on the command line.</param>
/// <param name="Code">Stable name of the reason.</param>
/// <param name="Message">What to do.</param>
internal sealed record ParseFailure(string File, string Code, string Message)
{
    /// <summary>Writes it as one line of JSON.</summary>
    public void WriteTo(Stream output)
    {
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            json.WriteString("file"u8, File);
            json.WriteStartObject("error"u8);
            json.WriteString("code"u8, Code);
            json.WriteString("message"u8, Message);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        output.WriteByte((byte)'\n');
    }
}
