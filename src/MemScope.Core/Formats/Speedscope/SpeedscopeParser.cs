using System.Text.Json;
using MemScope.Core.Formats.Text;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Speedscope;

/// <summary>
/// Reads speedscope's JSON (its src/lib/file-format-spec.ts) as a stream; frames are referred to by number and may stand behind the profiles:
/// <code>
/// {"$schema":"https://www.speedscope.app/file-format-schema.json","name":"leak","exporter":"…",
///  "shared":{"frames":[{"name":"main","file":"leak.c","line":15,"col":3},{"name":"leaky"}]},
///  "profiles":[{"type":"sampled","name":"leaked","unit":"bytes","startValue":0,"endValue":1006170,"samples":[[0,1]],"weights":[1006170]}]}
/// </code>
/// </summary>
internal sealed class SpeedscopeParser
{
    private const int MostProfiles = 10_000, MostFrames = 1 << 20;
    private readonly ParseOptions _options;
    private readonly DiagnosticBag _diagnostics = new();
    private readonly List<RawFrame> _frames = [];
    private readonly List<SpeedscopeProfile> _profiles = [];
    private string _exporter = "";

    private SpeedscopeParser(ParseOptions options) => _options = options;

    /// <summary>Reads a whole file.</summary>
    public static ParsedCapture Parse(CaptureText file, ParseOptions options) => new SpeedscopeParser(options).Run(file);

    private ParsedCapture Run(CaptureText file)
    {
        var json = new JsonStream(file.Open());
        if (json.Read() && json.Type == JsonTokenType.StartObject)
            while (json.NextProperty(out var name))
            {
                if (name.SequenceEqual("shared"u8)) ReadShared(ref json);
                else if (name.SequenceEqual("profiles"u8)) ReadProfiles(ref json);
                else if (name.SequenceEqual("exporter"u8)) _exporter = _options.Names.Get(json.Text);
                else json.Skip();
            }
        if (json.Fault is { } fault) _diagnostics.Add("SPEEDSCOPE002", Severity.Warning, 0, $"the JSON ends early, {fault}: what stands before was read");
        var profiles = _profiles.Select(p => p.Finish(FrameOf)).OfType<HeapProfile>().ToList();
        if (profiles.Count > 0) return new ParsedCapture("speedscope", _exporter, [], [], [], _diagnostics.ToList()) { HeapProfiles = profiles };
        _diagnostics.Add("SPEEDSCOPE001", Severity.Error, 0, "no profile of the file has a stack with a weight");
        return ParsedCapture.Nothing("speedscope", [.. _diagnostics.ToList().OrderByDescending(d => d.Severity)]);
    }

    private RawFrame FrameOf(int id)
    {
        if (id < _frames.Count) return _frames[id];
        _diagnostics.Add("SPEEDSCOPE007", Severity.Warning, 0, $"a stack has the frame {id}, the file only {_frames.Count}");
        return new RawFrame();
    }

    private void ReadShared(ref JsonStream json)
    {
        if (json.Type != JsonTokenType.StartObject) return;
        while (json.NextProperty(out var name))
        {
            if (!name.SequenceEqual("frames"u8) || json.Type != JsonTokenType.StartArray)
            {
                json.Skip();
                continue;
            }
            while (json.NextElement())
            {
                var frame = json.Type == JsonTokenType.StartObject ? ReadFrame(ref json) : new RawFrame();
                json.Skip();
                if (_frames.Count < MostFrames) _frames.Add(frame);
            }
        }
    }

    private RawFrame ReadFrame(ref JsonStream json)
    {
        var frame = new RawFrame();
        while (json.NextProperty(out var name))
        {
            if (name.SequenceEqual("name"u8) && !json.Text.IsEmpty) frame = frame with { Function = _options.Names.Get(json.Text) };
            else if (name.SequenceEqual("file"u8) && !json.Text.IsEmpty) frame = frame with { File = _options.Names.Get(json.Text) };
            else if (name.SequenceEqual("line"u8) && json.TryLong(out var line) && line is >= 0 and <= int.MaxValue) frame = frame with { Line = (int)line };
            else json.Skip();
        }
        return frame;
    }

    private void ReadProfiles(ref JsonStream json)
    {
        if (json.Type != JsonTokenType.StartArray) return;
        while (json.NextElement())
        {
            if (json.Type != JsonTokenType.StartObject || _profiles.Count >= MostProfiles)
            {
                if (_profiles.Count >= MostProfiles) _diagnostics.Add("SPEEDSCOPE008", Severity.Warning, 0, $"there are more than {MostProfiles} profiles; this one is not read");
                json.Skip();
                continue;
            }
            var profile = new SpeedscopeProfile(_options, _diagnostics);
            profile.Read(ref json);
            _profiles.Add(profile);
        }
    }
}
