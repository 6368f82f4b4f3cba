using MemScope.Core.Formats.Text;
using MemScope.Core.Formats.Traces;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Bpftrace;

/// <summary>
/// Keeps the maps of a script whose keys hold a stack, <c>@bytes[ustack, comm] = sum(args->len)</c>: a profile per map with a dump per print. What the script adds up is what the stack
/// took since the trace began, freed or not; what is live only where the map's name says so.
/// </summary>
internal sealed class BpftraceMaps(ParseOptions options)
{
    // A script has few maps; a damaged file may seem to have any number.
    private const int MostMaps = 64;

    private readonly Dictionary<string, Map> _maps = new(StringComparer.Ordinal);
    private Map? _printing;

    /// <summary>How many entries were left out because the file names too many maps.</summary>
    public int LeftOut { get; private set; }

    /// <summary>How many prints at the end repeated the one before.</summary>
    public int Repeated { get; private set; }

    /// <summary>Whether a line of the script says that the sums are bytes; for maps whose names do not tell.</summary>
    public bool SaysBytes { get; set; }

    /// <summary>Whether any map with stacks was printed.</summary>
    public bool Any => _maps.Count > 0;

    /// <summary>Whether any of them says by its name that it adds up bytes or calls: what a script prints that prints no calls.</summary>
    public bool AddUp => _maps.Keys.Any(name => SaysBytes || UnitOf(name) is not null);

    /// <summary>Time of day of what follows, nanoseconds; null before the script printed one.</summary>
    public long? TimeNs { get; set; }

    /// <summary>Whether a map's keys are known to hold a stack.</summary>
    public bool Knows(ReadOnlySpan<byte> name) => _maps.ContainsKey(options.Names.Get(name));

    /// <summary>Adds an entry. One that breaks the ascending order of a print, or repeats its only key, begins the next print.</summary>
    /// <param name="name">Name with its @.</param>
    /// <param name="stack">The stack's lines.</param>
    /// <param name="otherKeys">The rest of the key, or empty.</param>
    /// <param name="value">Sum or count.</param>
    /// <param name="count">Of stats(): how many values; else null.</param>
    /// <param name="line">Line of the file.</param>
    /// <param name="ordered">Whether prints of this kind ascend and follow each other without a sign between them: text.</param>
    public void Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> stack, ReadOnlySpan<byte> otherKeys, long value, long? count, int line, bool ordered)
    {
        var text = options.Names.Get(name);
        if (!_maps.TryGetValue(text, out var map))
        {
            if (_maps.Count == MostMaps)
            {
                LeftOut++;
                return;
            }
            _maps.Add(text, map = new Map(text, new StackTable(BpftraceFrame.Read, options)));
        }
        if (_printing != map) EndPrint();
        _printing = map;
        var key = (Callchain: map.Stacks.Intern(stack), Kind: otherKeys.IsEmpty ? null : options.Names.Get(otherKeys));
        if (ordered && map.Sites.Count > 0 && ((count is null && value < map.Last) || (map.Keys.Contains(key) && (map.Keys.Count == 1 || count is not null)))) map.EndPrint();
        if (map.Sites.Count == 0) (map.Line, map.TimeNs) = (line, TimeNs);
        map.Last = value;
        map.Keys.Add(key);
        map.Sites.Add(new HeapSite { Callchain = key.Callchain, Kind = key.Kind, Allocated = value, AllocatedCount = count, Line = line });
    }

    /// <summary>Ends the print that is being read: another map, or another line of the script, follows.</summary>
    public void EndPrint()
    {
        _printing?.EndPrint();
        _printing = null;
    }

    /// <summary>The profiles, in the order in which the maps first appeared.</summary>
    public IReadOnlyList<HeapProfile> Finish(ProcessHint process)
    {
        EndPrint();
        var clock = TimeNs is null ? ClockDomain.None : ClockDomain.WallTimeOfDay;
        return [.. _maps.Values.Select(m => Profile(m, process, clock))];
    }

    private HeapProfile Profile(Map map, ProcessHint process, ClockDomain clock)
    {
        var prints = map.Prints;
        // At its end bpftrace prints every map once more.
        if (prints.Count > 1 && Same(prints[^1].Sites, prints[^2].Sites))
        {
            prints.RemoveAt(prints.Count - 1);
            Repeated++;
        }
        var unit = UnitOf(map.Name) ?? (SaysBytes ? WeightUnit.Bytes : WeightUnit.Unknown);
        var live = IsLive(map.Name);
        List<TraceLoss> losses = [];
        var lost = prints.Count == 0 ? 0 : prints[^1].Sites.Count(s => s.Callchain < 0);
        if (lost > 0) losses.Add(new TraceLoss("missing-stacks", lost, $"{map.Name}: {lost} of the {prints[^1].Sites.Count} entries of the last print came without a stack."));
        return new HeapProfile("bpftrace", process, map.Stacks.Callchains, [.. prints.Select(p => Dump(map.Name, p, unit, live))]) { Unit = unit, Clock = clock, Losses = losses };
    }

    private static HeapDump Dump(string name, Print print, WeightUnit unit, bool live)
    {
        var sites = print.Sites;
        var isBytes = unit == WeightUnit.Bytes;
        long? sum = sites.SumOfKnown(s => s.Allocated) ?? 0;
        long? counted = sites.SumOfKnown(s => s.AllocatedCount) ?? (unit == WeightUnit.Count ? sum : null);
        if (live) sites = sites.ConvertAll(s => s with { Live = s.Allocated, LiveCount = s.AllocatedCount, Allocated = null, AllocatedCount = null });
        var dump = new HeapDump(sites) { Label = name, Time = print.TimeNs, Line = print.Line };
        return live ? dump with { LiveBytes = isBytes ? sum : null, LiveCount = counted } : dump with { AllocatedBytes = isBytes ? sum : null, AllocatedCount = counted };
    }

    private static bool Same(List<HeapSite> one, List<HeapSite> other) => one.Count == other.Count && one.Zip(other).All(p => p.First with { Line = 0 } == p.Second with { Line = 0 });

    /// <summary>What a map of a name counts, or null.</summary>
    private static WeightUnit? UnitOf(string name) =>
        Holds(name, "bytes") || Holds(name, "size") || Holds(name, "len") || Holds(name, "mem") ? WeightUnit.Bytes
        : Holds(name, "count") || Holds(name, "calls") || Holds(name, "hits") || Holds(name, "num") || Holds(name, "freq") ? WeightUnit.Count
        : null;

    private static bool IsLive(string name) => Holds(name, "live") || Holds(name, "outstanding") || Holds(name, "leak") || Holds(name, "unfreed") || Holds(name, "inuse") || Holds(name, "in_use");

    private static bool Holds(string name, string word) => name.Contains(word, StringComparison.OrdinalIgnoreCase);

    private sealed record Print(List<HeapSite> Sites, long? TimeNs, int Line);

    private sealed class Map(string name, StackTable stacks)
    {
        public string Name { get; } = name;

        public StackTable Stacks { get; } = stacks;

        public List<Print> Prints { get; } = [];

        public HashSet<(int Callchain, string? Kind)> Keys { get; } = [];

        public List<HeapSite> Sites { get; private set; } = [];

        public long Last { get; set; }

        public int Line { get; set; }

        public long? TimeNs { get; set; }

        public void EndPrint()
        {
            if (Sites.Count == 0) return;
            Prints.Add(new Print(Sites, TimeNs, Line));
            Sites = [];
            Keys.Clear();
        }
    }
}
