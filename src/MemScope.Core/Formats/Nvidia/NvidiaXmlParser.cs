using System.Xml;
using MemScope.Core.Formats.Framing;
using MemScope.Core.Formats.Text;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Nvidia;

/// <summary>
/// Reads <c>nvidia-smi -q -x</c>, versions 10 to 13 of its document type, one after the other when it was repeated (<c>-l</c>). The keys are those of the CSV:
/// <code>
/// &lt;nvidia_smi_log&gt;&lt;timestamp&gt;Thu Jul 20 17:00:50 2023&lt;/timestamp&gt;
/// &lt;gpu id="00000000:81:00.0"&gt;&lt;uuid&gt;GPU-…&lt;/uuid&gt;&lt;fb_memory_usage&gt;&lt;total&gt;24564 MiB&lt;/total&gt;&lt;used&gt;22437 MiB&lt;/used&gt;…
/// &lt;processes&gt;&lt;process_info&gt;&lt;pid&gt;4711&lt;/pid&gt;&lt;process_name&gt;python&lt;/process_name&gt;&lt;used_memory&gt;1836 MiB&lt;/used_memory&gt;…
/// </code>
/// The document names a document type, which is never looked up.
/// </summary>
internal sealed class NvidiaXmlParser
{
    /// <summary>More figures are counted only.</summary>
    private const int MostFigures = 100_000;

    /// <summary>Bytes of a text that is kept: a process's name may be long.</summary>
    private const int MostText = 4096;

    /// <summary>Damaged documents after which the rest is left out: each costs as much as many sound ones.</summary>
    private const int MostDamaged = 100;

    private readonly DiagnosticBag _diagnostics = new();
    private readonly List<SideFigures> _figures = [];
    private readonly List<string> _path = [];
    private DateTimeOffset? _at;
    private Gpu? _gpu, _mig;
    private Dictionary<string, string>? _process;
    private string _version = "";

    private NvidiaXmlParser()
    {
    }

    /// <summary>Reads a file to its end.</summary>
    public static ParsedCapture Parse(CaptureText file, ParseOptions options)
    {
        var parser = new NvidiaXmlParser();
        var text = file.Whole();
        while (!text.IsEmpty && parser._diagnostics.CountOf("NVIDIA007") < MostDamaged)
        {
            // Each repetition is a document of its own.
            var next = text.Span.Length > 1 ? text.Span[1..].IndexOf("<?xml"u8) : -1;
            var document = next < 0 ? text : text[..(next + 1)];
            parser.Read(document);
            text = next < 0 ? default : text[(next + 1)..];
        }
        return ParsedCapture.Of("nvidia-smi-xml", parser._version, parser._figures, parser._diagnostics.ToList());
    }

    /// <summary>Sizes of a GPU, or of a part of one (MIG).</summary>
    private sealed class Gpu(string? label)
    {
        public string? Label { get; set; } = label;

        public Dictionary<string, long> Bytes { get; } = new(StringComparer.Ordinal);

        public Dictionary<string, long> Counts { get; } = new(StringComparer.Ordinal);
    }

    private void Read(ReadOnlyMemory<byte> document)
    {
        var start = document.Span.IndexOf((byte)'<');
        if (start < 0) return;
        (_at, _gpu, _mig, _process) = (null, null, null, null);
        _path.Clear();
        if (_version.Length == 0 && document.Span[..Math.Min(document.Length, 512)].IndexOf("nvsmi_device_"u8) is >= 0 and var dtd)
            _version = Text.NameTable.Decode(document.Span.Slice(dtd + "nvsmi_device_".Length, Math.Min(3, document.Length - dtd - "nvsmi_device_".Length)));
        // The document type that nvidia-smi names is passed over.
        using var reader = Text.XmlCharacters.Open(Containers.ReadStream.Over(document[start..]), DtdProcessing.Ignore);
        try
        {
            while (reader.Read()) Take(reader);
        }
        catch (XmlException e)
        {
            _diagnostics.Add("NVIDIA007", Severity.Warning, e.LineNumber, "the document is cut off or damaged; what stands before was kept");
            EndGpu();
        }
    }

    private void Take(XmlReader reader)
    {
        if (reader.NodeType == XmlNodeType.Element)
        {
            if (reader.Name == "gpu") _gpu = new Gpu(reader.GetAttribute("id"));
            else if (reader.Name == "mig_device" && _gpu is not null) _mig = new Gpu(_gpu.Label);
            else if (reader.Name == "process_info" && _gpu is not null) _process = new Dictionary<string, string>(StringComparer.Ordinal);
            if (!reader.IsEmptyElement) _path.Add(reader.Name);
        }
        else if (reader.NodeType == XmlNodeType.Text && _path.Count > 1)
        {
            var text = Text.NameTable.Decode(System.Text.Encoding.UTF8.GetBytes(reader.Value.Length > MostText ? reader.Value[..MostText] : reader.Value));
            TakeText(_path[^1], _path[^2], text);
        }
        else if (reader.NodeType == XmlNodeType.EndElement && _path.Count > 0)
        {
            _path.RemoveAt(_path.Count - 1);
            if (reader.Name == "process_info") EndProcess();
            else if (reader.Name == "mig_device") EndMig();
            else if (reader.Name == "gpu") EndGpu();
        }
    }

    private void TakeText(string element, string parent, string text)
    {
        if (_process is not null) _process[element] = text;
        else if (element == "timestamp" && parent == "nvidia_smi_log") TakeTime(text);
        else if (element == "uuid" && parent == "gpu" && _gpu is not null) _gpu.Label = text;
        else if (element == "gpu_instance_id" && parent == "mig_device" && _mig is not null) _mig.Label = $"{_gpu?.Label} instance {text}";
        else if ((_mig ?? _gpu) is { } into) TakeSize(into, element, parent, text);
    }

    private static void TakeSize(Gpu into, string element, string parent, string text)
    {
        var group = parent switch { "fb_memory_usage" => "memory.", "bar1_memory_usage" => "bar1.", "cc_protected_memory_usage" => "protected.", _ => null };
        if (group is not null && NvidiaColumns.Bytes(System.Text.Encoding.UTF8.GetBytes(text), 0) is { } bytes) into.Bytes[group + element] = bytes;
        else if (parent == "utilization" && element is "gpu_util" or "memory_util" && text.EndsWith(" %", StringComparison.Ordinal) && int.TryParse(text.AsSpan(0, text.Length - 2), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var percent))
            into.Counts[element == "gpu_util" ? "utilization.gpu" : "utilization.memory"] = percent;
    }

    private void TakeTime(string text)
    {
        var cursor = new ByteCursor(System.Text.Encoding.UTF8.GetBytes(text));
        if (!TimeText.TryRead(ref cursor, out var at, out var zoneKnown)) return;
        _at = at;
        if (!zoneKnown && _diagnostics.CountOf("NVIDIA002") == 0) _diagnostics.Add("NVIDIA002", Severity.Info, 0, "times are those of the machine, without a zone, and were read as UTC");
    }

    private void EndProcess()
    {
        if (_process is not { } process) return;
        _process = null;
        var cursor = new ByteCursor(System.Text.Encoding.UTF8.GetBytes(process.GetValueOrDefault("pid", "")));
        int? pid = cursor.TryInt(out var number) && cursor.IsAtEnd ? number : null;
        var hint = new ProcessHint(pid, null, process.GetValueOrDefault("process_name"));
        var bytes = new Dictionary<string, long>(StringComparer.Ordinal);
        if (NvidiaColumns.Bytes(System.Text.Encoding.UTF8.GetBytes(process.GetValueOrDefault("used_memory", "")), 0) is { } used) bytes.Add("used_gpu_memory", used);
        else _diagnostics.Add("NVIDIA005", Severity.Info, 0, $"a process has no number of memory: the driver does not tell it here (pid {pid})");
        if (bytes.Count > 0) Add(new SideFigures("nvidia-smi", hint, bytes, new Dictionary<string, long>(StringComparer.Ordinal)) { Label = _gpu?.Label });
    }

    private void EndMig()
    {
        if (_mig is { Bytes.Count: > 0 } mig) Add(new SideFigures("nvidia-smi", ProcessHint.None, mig.Bytes, mig.Counts) { Label = mig.Label });
        _mig = null;
    }

    private void EndGpu()
    {
        EndMig();
        if (_gpu is { Bytes.Count: > 0 } gpu) Add(new SideFigures("nvidia-smi", ProcessHint.None, gpu.Bytes, gpu.Counts) { Label = gpu.Label });
        _gpu = null;
    }

    private void Add(SideFigures figures)
    {
        if (_figures.Count >= MostFigures) _diagnostics.Add("NVIDIA006", Severity.Warning, 0, $"figures beyond the first {MostFigures} were left out");
        else _figures.Add(figures with { TakenAt = _at, TimeOrigin = TimeOrigin.InFile });
    }
}
