using System.Globalization;
using System.Text;
using MemScope.Core.Model;

namespace MemScope.Core.Formats;

/// <summary>
/// Prints a parsed capture so that a person can review it beside its input, and a test can compare it with what was reviewed.
/// Complete: two models that differ print differently. Absent numbers stand as <c>-</c>.
/// </summary>
public static class ModelDump
{
    /// <summary>Writes everything that was read.</summary>
    public static void Write(ParsedCapture parsed, TextWriter output)
    {
        Line(output, $"format {parsed.Format} version {Quoted(parsed.Version)}: {parsed.Snapshots.Count} snapshots, {parsed.Figures.Count} figures, {parsed.Traces.Count} traces");
        foreach (var member in parsed.Members) Line(output, $"member {Quoted(member.Name)}: {(member.Format.Length == 0 ? "not read" : member.Format)}");
        for (var i = 0; i < parsed.Snapshots.Count; i++) Write(parsed.Snapshots[i], i + 1, output);
        for (var i = 0; i < parsed.Figures.Count; i++) Write(parsed.Figures[i], i + 1, output);
        for (var i = 0; i < parsed.Traces.Count; i++) Write(parsed.Traces[i], i + 1, output);
        for (var i = 0; i < parsed.HeapProfiles.Count; i++) Write(parsed.HeapProfiles[i], i + 1, output);
        for (var i = 0; i < parsed.PerfMaps.Count; i++) Write(parsed.PerfMaps[i], i + 1, output);
        Write(parsed.Modules, output);
        foreach (var d in parsed.Diagnostics) Line(output, $"{d.Severity} {d.Id} line {d.Line}{(d.Member is null ? "" : " of " + Quoted(d.Member))}: {Quoted(d.Text)}");
    }

    private static void Write(Snapshot snapshot, int number, TextWriter output)
    {
        var vmas = snapshot.Vmas;
        Line(output, $"snapshot {number}: {snapshot.Source.Text()}, {Text(snapshot.Process)}, {When(snapshot.TakenAt, snapshot.TimeOrigin, snapshot.SeriesNumber)}, at byte {snapshot.ByteOffset}");
        Line(output, $"  {vmas.Count} mappings, {snapshot.VirtualBytes} bytes, resident {snapshot.RssBytes?.ToString(CultureInfo.InvariantCulture) ?? "-"}");
        var metrics = Enumerable.Range(0, Metrics.Count).Select(m => (Metric)m).Where(vmas.Has).ToArray();
        Line(output, $"  columns: {string.Join(' ', metrics.Select(m => m.SmapsName()))}");
        for (var i = 0; i < vmas.Count; i++)
        {
            var vma = vmas[i];
            var numbers = string.Join(' ', metrics.Select(m => vma[m]?.ToString(CultureInfo.InvariantCulture) ?? "-"));
            Line(output, $"  {vma.Range} {vma.Permissions.Text()} {vma.Offset:x8} {vma.DeviceMajor:x2}:{vma.DeviceMinor:x2} {vma.Inode} | {numbers} | {vma.Flags ?? "-"} | {Quoted(vma.Name)}");
        }
    }

    private static void Write(SideFigures figures, int number, TextWriter output)
    {
        Line(output, $"figures {number}: {figures.Kind}{(figures.Label is null ? "" : " " + Quoted(figures.Label))}, {Text(figures.Process)}, {When(figures.TakenAt, figures.TimeOrigin, figures.SeriesNumber)}");
        foreach (var (key, bytes) in figures.Bytes) Line(output, $"  {Quoted(key)} {bytes} bytes");
        foreach (var (key, count) in figures.Counts) Line(output, $"  {Quoted(key)} {count}");
    }

    private static void Write(Trace trace, int number, TextWriter output)
    {
        Line(output, $"trace {number}: {trace.Tool}, clock {trace.Clock}, {Text(trace.Process)}, {trace.Events.Count} events, {trace.Callchains.Count} callchains");
        if (trace.Anchor is { } anchor) Line(output, $"  anchor {anchor.Origin}: {anchor.TraceNs} ns is {anchor.At.UtcDateTime:O}, {anchor.Sureness}");
        foreach (var loss in trace.Losses) Line(output, $"  loss {loss.Kind} {loss.Count}: {Quoted(loss.Text)}");
        foreach (var e in trace.Events)
        {
            var result = !e.HasResult ? "no result" : e.Failed ? $"failed {e.Result:x}" : $"= {e.Result:x}";
            var resumed = e.ResumedLine == 0 ? "" : FormattableString.Invariant($" resumed in {e.ResumedLine}");
            Line(output, $"  line {e.Line}{resumed}: {e.TimeNs} ns {e.Pid}/{e.Tid} {e.Call} address {e.Address:x} length {e.Length} old {e.OldLength} protection {e.Protection:x} flags {e.Flags:x} {result} callchain {e.Callchain}");
        }
        Write(trace.Modules, output);
        Write(trace.Callchains, output);
    }

    private static void Write(HeapProfile profile, int number, TextWriter output)
    {
        Line(output, $"heap profile {number}: {profile.Tool}, in {profile.Unit}, clock {profile.Clock}, {Text(profile.Process)}, peak {Or(profile.PeakBytes)} at {Or(profile.PeakTime)}, sample period {Or(profile.SamplePeriodBytes)}");
        foreach (var loss in profile.Losses) Line(output, $"  loss {loss.Kind} {loss.Count}: {Quoted(loss.Text)}");
        foreach (var p in profile.Timeline) Line(output, $"  at {p.Time}: live {p.LiveBytes} resident {Or(p.ResidentBytes)} overhead {Or(p.OverheadBytes)} stacks {Or(p.StackBytes)}");
        foreach (var dump in profile.Dumps)
        {
            Line(output, $"  dump {Quoted(dump.Label)} line {dump.Line}, at {Or(dump.Time)}, {When(dump.TakenAt, dump.TimeOrigin, null)}: live {Or(dump.LiveBytes)} in {Or(dump.LiveCount)}, allocated {Or(dump.AllocatedBytes)} in {Or(dump.AllocatedCount)}");
            foreach (var s in dump.Sites)
                Line(output, $"    line {s.Line}: callchain {s.Callchain} kind {Quoted(s.Kind)} live {Or(s.Live)} in {Or(s.LiveCount)}, allocated {Or(s.Allocated)} in {Or(s.AllocatedCount)}, peak {Or(s.Peak)}, temporary {Or(s.TemporaryCount)}");
        }
        Write(profile.Modules, output);
        Write(profile.Callchains, output);
    }

    private static void Write(PerfMap map, int number, TextWriter output)
    {
        Line(output, $"perf map {number}: {Text(map.Process)}, {map.Entries.Count} entries");
        foreach (var entry in map.Entries) Line(output, $"  {entry.Range} {Quoted(entry.Name)}");
    }

    private static void Write(IReadOnlyList<MappedModule> modules, TextWriter output)
    {
        foreach (var m in modules) Line(output, $"  module {m.Range} at {m.FileOffset:x} {Quoted(m.Path)} build id {Quoted(m.BuildId)}");
    }

    private static void Write(IReadOnlyList<Callchain> callchains, TextWriter output)
    {
        for (var c = 0; c < callchains.Count; c++)
        {
            Line(output, $"  callchain {c}");
            foreach (var frame in callchains[c].Frames) Line(output, $"    {Text(frame)}");
        }
    }

    private static string Or(long? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "-";

    private static string Text(RawFrame f)
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{f.AddressKind} {f.Address:x}");
        if (f.Module is not null) text.Append(CultureInfo.InvariantCulture, $" module {Quoted(f.Module)}");
        if (f.Function is not null) text.Append(CultureInfo.InvariantCulture, $" function {Quoted(f.Function)}");
        if (f.FunctionOffset is not null) text.Append(CultureInfo.InvariantCulture, $"+{f.FunctionOffset:x}");
        if (f.File is not null) text.Append(CultureInfo.InvariantCulture, $" source {Quoted(f.File)}:{f.Line}");
        if (f.BuildId is not null) text.Append(CultureInfo.InvariantCulture, $" build id {Quoted(f.BuildId)}");
        return text.Append(f.Inlined ? " inlined" : "").ToString();
    }

    private static string Text(ProcessHint p) =>
        FormattableString.Invariant($"pid {p.Pid?.ToString(CultureInfo.InvariantCulture) ?? "-"} comm {Quoted(p.Comm)} command {Quoted(p.CommandLine)} start {p.StartTicks?.ToString(CultureInfo.InvariantCulture) ?? "-"}");

    private static string When(DateTimeOffset? at, TimeOrigin origin, int? number) =>
        FormattableString.Invariant($"number {number?.ToString(CultureInfo.InvariantCulture) ?? "-"}, ") + (at is { } time ? FormattableString.Invariant($"taken {time.UtcDateTime:O} ({origin})") : "time unknown");

    /// <summary>Quoted, with quotes, backslashes and control characters escaped, so that every line of the dump stays one.</summary>
    private static string Quoted(string? text)
    {
        if (text is null) return "-";
        var quoted = new StringBuilder(text.Length + 2).Append('"');
        foreach (var c in text)
        {
            if (c is '"' or '\\') quoted.Append('\\').Append(c);
            else if (char.IsControl(c)) quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else quoted.Append(c);
        }
        return quoted.Append('"').ToString();
    }

    private static void Line(TextWriter output, FormattableString text)
    {
        output.Write(FormattableString.Invariant(text));
        output.Write('\n');
    }
}
