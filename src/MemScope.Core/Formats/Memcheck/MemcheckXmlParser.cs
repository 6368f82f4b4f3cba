using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Xml;
using MemScope.Core.Formats.Text;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Memcheck;

/// <summary>
/// Reads memcheck's XML, protocols 4 to 6 (valgrind's docs/internals/xml-output-protocol4.txt). One file is one process. When the program died the file simply ends.
/// <code>
/// &lt;error>
///   &lt;kind>Leak_DefinitelyLost&lt;/kind>
///   &lt;xwhat>
///     &lt;text>6,170 bytes in 5 blocks are definitely lost in loss record 1 of 2&lt;/text>
///     &lt;leakedbytes>6170&lt;/leakedbytes>
///     &lt;leakedblocks>5&lt;/leakedblocks>
///   &lt;/xwhat>
///   &lt;stack>
///     &lt;frame> &lt;ip>0x109170&lt;/ip> &lt;obj>/tmp/leak&lt;/obj> &lt;fn>leaky&lt;/fn> &lt;dir>/tmp&lt;/dir> &lt;file>leak.c&lt;/file> &lt;line>12&lt;/line> &lt;/frame>
/// </code>
/// </summary>
internal sealed class MemcheckXmlParser
{
    private readonly ParseOptions _options;
    private readonly DiagnosticBag _diagnostics = new();
    private readonly LeakCheck _check;
    private readonly StringBuilder _text = new(), _command = new();
    private readonly List<int> _frames = [];
    private string _protocol = "", _kind = "", _what = "", _dir = "";
    private long _bytes, _blocks;
    private int _line, _stacks;
    private RawFrame _frame = new();
    private bool _isFinished, _inArguments;

    private MemcheckXmlParser(ParseOptions options)
    {
        _options = options;
        _check = new LeakCheck("memcheck-xml", options, _diagnostics);
    }

    /// <summary>Reads a whole file.</summary>
    public static ParsedCapture Parse(CaptureText file, ParseOptions options) => new MemcheckXmlParser(options).Run(file);

    private ParsedCapture Run(CaptureText file)
    {
        using var xml = XmlCharacters.Open(file.Open());
        var line = 0;
        try
        {
            while (xml.Read() && xml.Depth <= XmlCharacters.Deepest)
            {
                line = (xml as IXmlLineInfo)?.LineNumber ?? 0;
                Read(xml, line);
            }
            if (!xml.EOF) Damaged(line);
        }
        catch (XmlException damaged)
        {
            Damaged(damaged.LineNumber);
        }
        // Leaks are listed between the state FINISHED and the end; a finished program without any has none.
        _check.End(line);
        if (_check.Finish() is { } profile) return ParsedCapture.Of("memcheck-xml", _protocol, profile with { Process = Process() }, _diagnostics.ToList());
        if (_isFinished)
        {
            _check.InUse = (0, 0);
            _check.End(line);
            _diagnostics.Add("MEMCHECK009", Severity.Info, 0, "the program ended, and no leak is listed: none was lost, or --leak-check=full is missing");
            return ParsedCapture.Of("memcheck-xml", _protocol, _check.Finish()! with { Process = Process() }, _diagnostics.ToList());
        }
        _diagnostics.Add("MEMCHECK001", Severity.Error, 0, "the file holds no leak: memcheck lists them when the program ends, with --leak-check=full");
        return ParsedCapture.Nothing("memcheck-xml", [.. _diagnostics.ToList().OrderByDescending(d => d.Severity)]);
    }

    private void Damaged(int line) =>
        _diagnostics.Add("MEMCHECK008", Severity.Warning, line, "the XML is not well-formed from here on: the program or valgrind was killed, or the file is cut; what stands before it was read");

    private ProcessHint Process() => _check.Process with { CommandLine = _command.Length == 0 ? null : Name(_command.ToString()) };

    private void Read(XmlReader xml, int line)
    {
        switch (xml.NodeType)
        {
            case XmlNodeType.Element:
                _text.Clear();
                Begin(xml.LocalName, line);
                break;
            case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace:
                if (_text.Length < _options.Limits.LineBytes) _text.Append(xml.Value);
                break;
            case XmlNodeType.EndElement:
                End(xml.LocalName);
                _text.Clear();
                break;
        }
    }

    private void Begin(string element, int line)
    {
        switch (element)
        {
            case "error":
                (_kind, _what, _bytes, _blocks, _line, _stacks) = ("", "", 0, 0, line, 0);
                _frames.Clear();
                break;
            case "frame":
                (_frame, _dir) = (new RawFrame(), "");
                break;
            case "stack":
                _stacks++;
                break;
            case "argv":
                _inArguments = true;
                break;
        }
    }

    private void End(string element)
    {
        var text = _text.ToString();
        switch (element)
        {
            case "protocolversion": _protocol = Name(text); break;
            case "pid" when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var pid): _check.Process = new ProcessHint(pid); break;
            case "argv": _inArguments = false; break;
            case "exe" or "arg" when _inArguments && _command.Length < _options.Limits.NameBytes: _command.Append(_command.Length > 0 ? " " : "").Append(text); break;
            case "state": _isFinished |= text == "FINISHED"; break;
            case "time": SetTime(text); break;
            case "kind": _kind = text; break;
            case "text" or "what": _what = text; break;
            case "leakedbytes": _ = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _bytes); break;
            case "leakedblocks": _ = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _blocks); break;
            case "error": EndError(); break;
            default: EndInFrame(element, text); break;
        }
    }

    private void EndInFrame(string element, string text)
    {
        switch (element)
        {
            case "ip" when text.StartsWith("0x", StringComparison.Ordinal) && ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var address):
                _frame = _frame with { Address = address, AddressKind = FrameAddressKind.Absolute };
                break;
            case "obj": _frame = _frame with { Module = Name(text) }; break;
            case "fn": _frame = _frame with { Function = Name(text) }; break;
            case "dir": _dir = text; break;
            case "file": _frame = _frame with { File = Name(_dir.Length == 0 ? text : _dir + "/" + text) }; break;
            case "line" when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number): _frame = _frame with { Line = number }; break;
            // An error of another kind has further stacks, for instance of where its block was allocated.
            case "frame" when _stacks == 1: _frames.Add(_check.Frames.Of(_frame)); break;
        }
    }

    private void EndError()
    {
        var kind = _kind switch
        {
            "Leak_DefinitelyLost" => LeakKinds.All[0],
            "Leak_IndirectlyLost" => LeakKinds.All[1],
            "Leak_PossiblyLost" => LeakKinds.All[2],
            "Leak_StillReachable" => LeakKinds.All[3],
            _ => null,
        };
        if (kind is null)
        {
            _diagnostics.Add("MEMCHECK003", Severity.Info, _line, "an error that is no leak is not read", Encoding.UTF8.GetBytes(_kind));
            return;
        }
        if (!LeakRecord.TryRead(Encoding.UTF8.GetBytes(_what), out var leak)) leak = LeakRecord.Of(kind, _bytes, _blocks);
        _check.Add(leak, CollectionsMarshal.AsSpan(_frames), _line);
    }

    private void SetTime(string text)
    {
        var cursor = new ByteCursor(Encoding.UTF8.GetBytes(text));
        if (ValgrindLine.TryElapsed(ref cursor, out var elapsed)) _check.ElapsedNs = elapsed;
    }

    private string Name(string text) => _options.Names.Get(Encoding.UTF8.GetBytes(text));
}
