using MemScope.Core.Formats.LegacyHeap;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Pprof;

/// <summary>
/// Reads profile.proto (github.com/google/pprof, proto/profile.proto), gzip already taken off. The fields of the outermost message, each but the last few a message or a string:
/// <code>
/// 1 sample_type  2 sample  3 mapping  4 location  5 function  6 string_table  9 time_nanos  11 period_type  12 period  14 default_sample_type
/// </code>
/// They may come in any order, and the string table mostly comes last; fields that are not known are passed over.
/// </summary>
internal sealed class PprofParser
{
    private const string Slug = "pprof";
    private const int FieldBytes = 16 << 20, MostTypes = 64;
    private readonly ParseOptions _options;
    private readonly DiagnosticBag _diagnostics = new();
    private readonly List<TraceLoss> _losses = [];
    private readonly PprofStrings _strings;
    private readonly PprofLocations _locations;
    private readonly PprofSamples _samples;
    private readonly List<(long Name, long Unit)> _types = [];
    private (long Name, long Unit) _periodType;
    private long _timeNs, _period, _default;

    private PprofParser(ParseOptions options)
    {
        _options = options;
        _strings = new PprofStrings(options);
        _locations = new PprofLocations(_strings, options.Limits);
        _samples = new PprofSamples(_strings, options.Limits);
    }

    /// <summary>Reads a whole file.</summary>
    public static ParsedCapture Parse(CaptureText file, ParseOptions options)
    {
        var parser = new PprofParser(options);
        var stream = new ProtoStream(file.Open(), FieldBytes);
        while (stream.Offset < options.Limits.SnapshotBytes && stream.Next()) parser.Take(stream);
        return parser.Finish(stream);
    }

    private void Take(ProtoStream field)
    {
        if (field.Wire == ProtoWire.Bytes) TakeMessage(field.Field, field.Payload);
        else if (field.Wire != ProtoWire.Varint) return;
        else if (field.Field == 9) _timeNs = (long)field.Value;
        else if (field.Field == 12) _period = (long)field.Value;
        else if (field.Field == 14) _default = (long)field.Value;
    }

    private void TakeMessage(int field, ReadOnlySpan<byte> message)
    {
        if (field == 1 && _types.Count < MostTypes) _types.Add(TypeOf(message));
        else if (field == 2) _samples.Add(message);
        else if (field == 3) _locations.AddMapping(message);
        else if (field == 4) _locations.AddLocation(message);
        else if (field == 5) _locations.AddFunction(message);
        else if (field == 6) _strings.Add(message);
        else if (field == 11) _periodType = TypeOf(message);
    }

    /// <summary>A ValueType: type, unit.</summary>
    private static (long Name, long Unit) TypeOf(ReadOnlySpan<byte> message)
    {
        long name = 0, unit = 0;
        var fields = new ProtoFields(message);
        while (fields.Next())
        {
            if (fields is { Field: 1, Wire: ProtoWire.Varint }) name = (long)fields.Value;
            else if (fields is { Field: 2, Wire: ProtoWire.Varint }) unit = (long)fields.Value;
        }
        return (name, unit);
    }

    private ParsedCapture Finish(ProtoStream stream)
    {
        if (_types.Count == 0 && _samples.Count == 0) return ParsedCapture.Nothing(Slug, new ParseDiagnostic("PPROF001", Severity.Error, 0, "The file has neither sample types nor samples: it is no profile.proto"));
        if (stream.IsBroken)
        {
            _diagnostics.Add("PPROF002", Severity.Warning, 0, $"The file is cut off or broken at byte {stream.Offset}; what stands before is kept");
            _losses.Add(new TraceLoss("cut-off", 0, "The file ends inside a message; names mostly stand at its end."));
        }
        else if (stream.Offset >= _options.Limits.SnapshotBytes)
        {
            _diagnostics.Add("PPROF003", Severity.Error, 0, $"Read up to {stream.Offset} bytes, the limit of one file");
        }
        var types = _types.ConvertAll(t => (_strings.Get(t.Name) ?? "", _strings.Get(t.Unit) ?? ""));
        var values = PprofValues.Of(types, _strings.Get(_default));
        var profile = Profile(values);
        Report(stream, values.NotTaken(types));
        return ParsedCapture.Of(Slug, "", profile, _diagnostics.ToList());
    }

    private HeapProfile Profile(PprofValues values)
    {
        var sites = _samples.Sites(values);
        var callchains = _samples.Stacks.Build(_locations.FramesAt);
        if (_samples.Stacks.CutStacks > 0) _losses.Add(new TraceLoss("cut-stacks", _samples.Stacks.CutStacks, $"Distinct stacks deeper than the limit, cut at their outer end: {_samples.Stacks.CutStacks}."));
        if (_samples.Dropped > 0) _losses.Add(new TraceLoss("dropped-rows", _samples.Dropped, $"Samples that are broken or over the limit: {_samples.Dropped}."));
        var dump = new HeapDump(sites)
        {
            Label = values.Label, TimeOrigin = TimeOrigin.InFile, TakenAt = _timeNs > 0 ? DateTimeOffset.UnixEpoch.AddTicks(_timeNs / 100) : null,
            LiveBytes = sites.SumOfKnown(s => s.Live), LiveCount = sites.SumOfKnown(s => s.LiveCount),
            AllocatedBytes = sites.SumOfKnown(s => s.Allocated), AllocatedCount = sites.SumOfKnown(s => s.AllocatedCount),
        };
        return new HeapProfile(Slug, ProcessHint.None, callchains, [dump])
        {
            Unit = values.Unit, Modules = _locations.Modules(), Losses = _losses, SamplePeriodBytes = _period > 1 && _strings.Get(_periodType.Unit) == "bytes" ? _period : null,
        };
    }

    private void Report(ProtoStream stream, IEnumerable<string> notTaken)
    {
        var types = string.Join(", ", notTaken);
        if (types.Length > 0) _diagnostics.Add("PPROF004", Severity.Info, 0, $"Values of these types are not read: {types}");
        if (_strings.Missing + _locations.Missing > 0)
            _diagnostics.Add("PPROF005", Severity.Warning, 0, $"{_locations.Missing} references to locations, mappings or functions and {_strings.Missing} to strings lead nowhere");
        if (_locations.Dropped + stream.TooLong > 0)
            _diagnostics.Add("PPROF006", Severity.Warning, 0, $"{_locations.Dropped} locations, mappings or functions were left out: broken, of an id that is taken, or over the limit; {stream.TooLong} fields were longer than 16 MiB");
    }
}
