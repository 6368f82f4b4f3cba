using System.Runtime.InteropServices;
using System.Text;
using MemScope.Core.Formats.LegacyHeap;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Pprof;

/// <summary>The samples of a profile as they come: what their values mean and what their labels are called is known only when all is read.</summary>
/// <param name="strings">The string table.</param>
/// <param name="limits">Caps.</param>
internal sealed class PprofSamples(PprofStrings strings, Limits limits)
{
    private const int ValuesPerSample = 64, LabelsPerSample = 16, KindLength = 200;
    private readonly List<Sample> _samples = [];
    private readonly List<long> _values = [];
    private readonly AddressStacks _labelSets = new(LabelsPerSample * 4);
    private readonly List<ulong> _stack = [], _numbers = [], _labelSet = [];

    private readonly record struct Sample(int Stack, int Labels, int FirstValue, int Values);

    /// <summary>The stacks, as ids of locations.</summary>
    public AddressStacks Stacks { get; } = new(limits.CallchainFrames);

    /// <summary>Samples that were left out: broken, or over the cap.</summary>
    public int Dropped { get; private set; }

    /// <summary>How many there are.</summary>
    public int Count => _samples.Count;

    /// <summary>Takes a Sample: location_id (leaf first), value, label.</summary>
    public void Add(ReadOnlySpan<byte> message)
    {
        _stack.Clear();
        _labelSet.Clear();
        var first = _values.Count;
        var fields = new ProtoFields(message);
        while (fields.Next())
        {
            if (fields.Field == 1) AddNumbers(ref fields, _stack, limits.CallchainFrames + 1);
            else if (fields.Field == 2) AddValues(ref fields, first);
            else if (fields is { Field: 3, Wire: ProtoWire.Bytes } && _labelSet.Count < LabelsPerSample * 4) AddLabel(fields.Payload);
        }
        if (fields.IsBroken || _samples.Count >= limits.SnapshotLines)
        {
            Dropped++;
            _values.RemoveRange(first, _values.Count - first);
            return;
        }
        var stack = Stacks.Intern(CollectionsMarshal.AsSpan(_stack));
        _samples.Add(new Sample(stack, _labelSets.Intern(CollectionsMarshal.AsSpan(_labelSet)), first, _values.Count - first));
    }

    /// <summary>The rows, in the order of the file.</summary>
    public List<HeapSite> Sites(PprofValues values)
    {
        var kinds = _labelSets.Map(TextOf);
        var numbers = CollectionsMarshal.AsSpan(_values);
        var sites = new List<HeapSite>(_samples.Count);
        foreach (var sample in _samples)
        {
            var site = values.Site(numbers.Slice(sample.FirstValue, sample.Values));
            sites.Add(site with { Callchain = sample.Stack, Kind = sample.Labels < 0 ? null : kinds[sample.Labels] });
        }
        return sites;
    }

    /// <summary>Repeated numbers are packed into one field or stand one by one; readers must take both.</summary>
    private static void AddNumbers(ref ProtoFields field, List<ulong> numbers, int most)
    {
        if (field.Wire == ProtoWire.Varint && numbers.Count < most) numbers.Add(field.Value);
        if (field.Wire != ProtoWire.Bytes) return;
        for (var rest = field.Payload; numbers.Count < most && Protobuf.Varint(rest, out var number) is > 0 and var used; rest = rest[used..]) numbers.Add(number);
    }

    private void AddValues(ref ProtoFields field, int first)
    {
        _numbers.Clear();
        AddNumbers(ref field, _numbers, ValuesPerSample - (_values.Count - first));
        foreach (var value in _numbers) _values.Add((long)value);
    }

    /// <summary>Takes a Label: key, str, num, num_unit.</summary>
    private void AddLabel(ReadOnlySpan<byte> message)
    {
        ulong key = 0, text = 0, number = 0, unit = 0;
        var fields = new ProtoFields(message);
        while (fields.Next())
        {
            if (fields.Wire != ProtoWire.Varint) continue;
            if (fields.Field == 1) key = fields.Value;
            else if (fields.Field == 2) text = fields.Value;
            else if (fields.Field == 3) number = fields.Value;
            else if (fields.Field == 4) unit = fields.Value;
        }
        _labelSet.AddRange([key, text, number, unit]);
    }

    /// <summary>As <c>go tool pprof -raw</c> prints labels: <c>bytes:[1408]</c>, <c>work:[churn]</c>.</summary>
    private string TextOf(ulong[] labels)
    {
        var kind = new StringBuilder();
        for (var i = 0; i + 3 < labels.Length && kind.Length < KindLength; i += 4)
        {
            if (i > 0) kind.Append(' ');
            var unit = strings.Get((long)labels[i + 3]);
            kind.Append(Clip(strings.Get((long)labels[i]))).Append(":[");
            if (labels[i + 1] != 0) kind.Append(Clip(strings.Get((long)labels[i + 1])));
            else kind.Append(System.Globalization.CultureInfo.InvariantCulture, $"{(long)labels[i + 2]}").Append(unit is null ? "" : " ").Append(Clip(unit));
            kind.Append(']');
        }
        return kind.ToString();
    }

    private static ReadOnlySpan<char> Clip(string? text) => text.AsSpan()[..Math.Min(text?.Length ?? 0, KindLength)];
}
