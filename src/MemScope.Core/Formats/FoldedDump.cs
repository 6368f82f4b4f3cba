using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using MemScope.Core.Model;

namespace MemScope.Core.Formats;

/// <summary>
/// Writes the stacks of a capture as folded lines, which flame graph tools read: <c>comm;root;…;leaf count</c>, equal ones summed, in the order of their bytes. Names are written as
/// stackcollapse-perf.pl writes them: without offsets and arguments, a frame without a name as its module in brackets.
/// </summary>
public static class FoldedDump
{
    /// <summary>
    /// Writes the calls of the traces, each counted once; where there is none, the live weight of the first profile and of those that count the same, else what was allocated in all.
    /// </summary>
    /// <returns>What the capture holds beside it, for people; empty when all was written.</returns>
    public static IReadOnlyList<string> Write(ParsedCapture capture, TextWriter output)
    {
        var lines = new FoldedLines();
        var first = capture.Traces.Count == 0 && capture.HeapProfiles.Count > 0 ? capture.HeapProfiles[0] : null;
        foreach (var trace in capture.Traces) lines.Add(trace);
        foreach (var profile in capture.HeapProfiles) if (first is not null && Counts(profile) == Counts(first)) lines.Add(profile);
        lines.Write(output);
        return [.. capture.HeapProfiles.Select(Counts).Where(c => first is null || c != Counts(first)).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>What a profile counts: <c>heaptrack bytes</c>, <c>perf page-faults</c>.</summary>
    private static string Counts(HeapProfile profile) =>
        $"{profile.Tool} {(profile.Unit == WeightUnit.Count && profile.Dumps is [.., { Label: { } label }] ? label : profile.Unit.ToString().ToLowerInvariant())}";

    /// <summary>The sums.</summary>
    private sealed class FoldedLines
    {
        private readonly Dictionary<string, long> _sums = new(StringComparer.Ordinal);
        private readonly Dictionary<string, Dictionary<RawFrame, string>> _names = new(StringComparer.Ordinal);
        private Dictionary<RawFrame, string> _namesOfRoot = new(ReferenceEqualityComparer.Instance);
        private readonly StringBuilder _line = new();

        /// <summary>Adds the calls of a trace.</summary>
        public void Add(Trace trace)
        {
            var calls = new Dictionary<(string, int), long>();
            foreach (var e in trace.Events)
            {
                // What a tracer tells of a process beside its calls has no stack.
                if (e.Callchain < 0 && e.Call is MemoryCall.Exec or MemoryCall.Fork or MemoryCall.Exit) continue;
                CollectionsMarshal.GetValueRefOrAddDefault(calls, (trace.ThreadNames.GetValueOrDefault(e.Tid) ?? trace.Process.Comm ?? "", e.Callchain), out _)++;
            }
            foreach (var ((comm, callchain), count) in calls) Add(comm, callchain < 0 ? null : trace.Callchains[callchain], count);
        }

        /// <summary>Adds the last state of a profile that has stacks.</summary>
        public void Add(HeapProfile profile)
        {
            if (profile.Dumps.LastOrDefault(d => d.Sites.Count > 0) is not { } dump) return;
            foreach (var site in dump.Sites)
            {
                if ((site.Live ?? site.Allocated ?? site.Peak ?? site.LiveCount) is { } weight and not 0) Add(site.Kind ?? "", site.Callchain < 0 ? null : profile.Callchains[site.Callchain], weight);
            }
        }

        /// <summary>Writes a line for each stack.</summary>
        public void Write(TextWriter output)
        {
            foreach (var line in _sums.Keys.Order(StringComparer.Ordinal))
            {
                output.Write(line);
                output.Write(' ');
                output.Write(_sums[line].ToString(CultureInfo.InvariantCulture));
                output.Write('\n');
            }
        }

        private void Add(string comm, Callchain? callchain, long weight)
        {
            var root = comm.Replace(' ', '_').Replace(';', ':').Replace('\n', '_');
            // Parsers keep equal frames once: comparing references is enough, and hashing a frame's texts takes longer than the rest.
            if (!_names.TryGetValue(root, out var names)) _names.Add(root, names = new Dictionary<RawFrame, string>(ReferenceEqualityComparer.Instance));
            _namesOfRoot = names;
            _line.Clear().Append(root);
            for (var i = (callchain?.Frames.Count ?? 0) - 1; i >= 0; i--)
            {
                if (_line.Length > 0) _line.Append(';');
                _line.Append(NameOf(callchain!.Frames[i], root));
            }
            if (_line.Length == 0) _line.Append("[unknown]");
            ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(_sums, _line.ToString(), out _);
            sum = sum > long.MaxValue - Math.Max(weight, 0) ? long.MaxValue : sum + weight;
        }

        private string NameOf(RawFrame frame, string root)
        {
            if (!_namesOfRoot.TryGetValue(frame, out var name)) _namesOfRoot.Add(frame, name = FoldedName.Of(frame, root));
            return name;
        }
    }
}
