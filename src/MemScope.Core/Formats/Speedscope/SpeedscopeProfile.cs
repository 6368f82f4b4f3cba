using System.Runtime.InteropServices;
using System.Text.Json;
using MemScope.Core.Formats.Text;
using MemScope.Core.Formats.Traces;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Speedscope;

/// <summary>
/// One profile of a file, whose fields may come in any order:
/// <code>
/// {"type":"sampled","name":"thread 1","unit":"bytes","startValue":0,"endValue":30,"samples":[[0,1],[0,2]],"weights":[10,20]}
/// {"type":"evented","name":"thread 2","unit":"seconds","startValue":0,"endValue":3,"events":[{"type":"O","frame":0,"at":0},{"type":"C","frame":0,"at":3}]}
/// </code>
/// Samples are stacks from the root to the leaf. Events open and close frames; what passes between two of them belongs to the stack that is open.
/// </summary>
internal sealed class SpeedscopeProfile(ParseOptions options, DiagnosticBag diagnostics)
{
    /// <summary>How far above a frame that is closed its opening is looked for, when frames between them were not closed.</summary>
    private const int LookedThrough = 64;

    private readonly StackTrie _stacks = new(options.Limits);
    private readonly Dictionary<int, int> _indexOf = [];
    private readonly List<(int Node, double Weight)> _weights = [];
    private readonly List<int> _samples = [], _path = [];
    private readonly List<double> _sampleWeights = [];
    private readonly List<(int Frame, int Node)> _open = [];
    private string? _name;
    private WeightUnit _unit = WeightUnit.Unknown;
    private double _factor = 1, _last = double.NegativeInfinity;
    private double? _endValue;

    /// <summary>Reads the object that was opened.</summary>
    public void Read(ref JsonStream json)
    {
        while (json.NextProperty(out var name))
        {
            if (name.SequenceEqual("samples"u8)) ReadSamples(ref json);
            else if (name.SequenceEqual("weights"u8)) ReadWeights(ref json);
            else if (name.SequenceEqual("events"u8)) ReadEvents(ref json);
            else if (name.SequenceEqual("name"u8)) _name = json.Text.IsEmpty ? null : options.Names.Get(json.Text);
            else if (name.SequenceEqual("unit"u8)) SetUnit(json.Text);
            else if (name.SequenceEqual("endValue"u8) && json.TryDouble(out var end)) _endValue = end;
            else json.Skip();
        }
        End();
    }

    private void ReadSamples(ref JsonStream json)
    {
        if (json.Type != JsonTokenType.StartArray) return;
        while (json.NextElement())
        {
            if (json.Type != JsonTokenType.StartArray)
            {
                json.Skip();
                continue;
            }
            _path.Clear();
            while (json.NextElement())
            {
                if (json.TryLong(out var frame) && frame is >= 0 and <= int.MaxValue) _path.Add((int)frame);
                else json.Skip();
            }
            if (json.Fault is not null) return;
            var path = CollectionsMarshal.AsSpan(_path);
            path.Reverse();
            _samples.Add(_stacks.Intern(path));
        }
    }

    private void ReadWeights(ref JsonStream json)
    {
        if (json.Type != JsonTokenType.StartArray) return;
        while (json.NextElement())
        {
            _sampleWeights.Add(json.TryDouble(out var weight) ? weight : 0);
            json.Skip();
        }
    }

    private void ReadEvents(ref JsonStream json)
    {
        if (json.Type != JsonTokenType.StartArray) return;
        while (json.NextElement())
        {
            if (json.Type == JsonTokenType.StartObject) ReadEvent(ref json);
            else json.Skip();
        }
    }

    private void ReadEvent(ref JsonStream json)
    {
        bool opens = false, closes = false;
        long frame = -1;
        double? at = null;
        while (json.NextProperty(out var name))
        {
            if (name.SequenceEqual("type"u8)) (opens, closes) = (json.Text.SequenceEqual("O"u8), json.Text.SequenceEqual("C"u8));
            else if (name.SequenceEqual("frame"u8) && json.TryLong(out var number)) frame = number;
            else if (name.SequenceEqual("at"u8) && json.TryDouble(out var value)) at = value;
            else json.Skip();
        }
        if (json.Fault is not null) return;
        if (opens == closes || frame is < 0 or > int.MaxValue || at is not { } time)
        {
            diagnostics.Add("SPEEDSCOPE003", Severity.Warning, 0, "an event without a type, a frame or a time was skipped");
            return;
        }
        PassTo(time);
        if (opens) _open.Add(((int)frame, _stacks.Child(_open.Count == 0 ? StackTrie.Root : _open[^1].Node, (int)frame)));
        else Close((int)frame);
    }

    /// <summary>Gives what passed since the last event to the stack that is open.</summary>
    private void PassTo(double at)
    {
        if (at < _last)
        {
            diagnostics.Add("SPEEDSCOPE004", Severity.Warning, 0, "an event is before the one above it; nothing passed between them");
            return;
        }
        if (_open.Count > 0 && at > _last) Add(_open[^1].Node, at - _last);
        _last = at;
    }

    private void Close(int frame)
    {
        for (var i = _open.Count - 1; i >= 0 && i >= _open.Count - LookedThrough; i--)
        {
            if (_open[i].Frame != frame) continue;
            if (i < _open.Count - 1) diagnostics.Add("SPEEDSCOPE005", Severity.Warning, 0, "a frame is closed while frames above it are open; they were closed with it");
            _open.RemoveRange(i, _open.Count - i);
            return;
        }
        diagnostics.Add("SPEEDSCOPE005", Severity.Warning, 0, "a frame is closed that is not open");
    }

    private void End()
    {
        if (_endValue is { } end && _open.Count > 0) PassTo(end);
        var count = Math.Min(_samples.Count, _sampleWeights.Count);
        for (var i = 0; i < count; i++) Add(_samples[i], _sampleWeights[i]);
        if (_samples.Count != _sampleWeights.Count)
            diagnostics.Add("SPEEDSCOPE006", Severity.Warning, 0, $"a profile has {_samples.Count} samples and {_sampleWeights.Count} weights; those without the other were left out");
        _samples.Clear();
        _sampleWeights.Clear();
    }

    private void Add(int node, double weight)
    {
        ref var index = ref CollectionsMarshal.GetValueRefOrAddDefault(_indexOf, node, out var known);
        if (!known)
        {
            index = _weights.Count;
            _weights.Add((node, 0));
        }
        CollectionsMarshal.AsSpan(_weights)[index].Weight += weight;
    }

    private void SetUnit(ReadOnlySpan<byte> unit)
    {
        (_unit, _factor) = (WeightUnit.Nanoseconds, 1);
        if (unit.SequenceEqual("bytes"u8)) _unit = WeightUnit.Bytes;
        else if (unit.SequenceEqual("microseconds"u8)) _factor = 1e3;
        else if (unit.SequenceEqual("milliseconds"u8)) _factor = 1e6;
        else if (unit.SequenceEqual("seconds"u8)) _factor = 1e9;
        else if (!unit.SequenceEqual("nanoseconds"u8)) _unit = WeightUnit.Unknown;
    }

    /// <summary>The profile, or null when it has no weight at all.</summary>
    /// <param name="frame">The frame of a number, once all are known.</param>
    public HeapProfile? Finish(Func<int, RawFrame> frame)
    {
        if (_weights.Count == 0) return null;
        var sites = _weights.ConvertAll(w => new HeapSite { Callchain = _stacks.CallchainOf(w.Node), Live = (long)Math.Round(w.Weight * _factor) });
        var dump = new HeapDump(sites) { Label = _name, LiveBytes = sites.SumOf(s => s.Live ?? 0) };
        return new HeapProfile("speedscope", ProcessHint.None, _stacks.Callchains(frame), [dump]) { Unit = _unit, Losses = [.. _stacks.Losses()] };
    }
}
