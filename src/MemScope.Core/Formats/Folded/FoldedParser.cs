using System.Runtime.InteropServices;
using MemScope.Core.Formats.Text;
using MemScope.Core.Formats.Traces;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Folded;

/// <summary>
/// Reads folded stacks (flamegraph.pl and its stackcollapse-*.pl): one stack per line, in memory that grows with the distinct stacks only. What the numbers count the file does
/// not say.
/// </summary>
internal sealed class FoldedParser
{
    /// <summary>Bytes of a line. Deep stacks of templates are longer than lines elsewhere.</summary>
    private const int LongestLine = 1 << 20;

    /// <summary>How much is looked at to tell whether there are one or two numbers per line.</summary>
    private const int LinesToLookAt = 256, BytesToLookAt = 256 << 10;

    private readonly DiagnosticBag _diagnostics = new();
    private readonly StackTrie _stacks;
    private readonly FrameTable _frames;
    private readonly FoldedWeights _weights = new();
    private readonly List<int> _path = [];
    private bool _hasTwo;
    private int _read, _negative, _fractional, _comments;

    private FoldedParser(ParseOptions options)
    {
        _stacks = new StackTrie(options.Limits);
        _frames = new FrameTable(FoldedFrame.Read, options.Names);
    }

    /// <summary>Reads a whole file.</summary>
    public static ParsedCapture Parse(CaptureText file, ParseOptions options) => new FoldedParser(options).Run(file);

    private ParsedCapture Run(CaptureText file)
    {
        var lines = file.Lines(LongestLine);
        var first = new StackLines();
        var more = lines.Next();
        for (; more && lines.Number <= LinesToLookAt && first.Bytes.Length < BytesToLookAt && !lines.IsTooLong; more = lines.Next()) first.Add(lines.Line);
        _hasTwo = HasTwoNumbers(first.Bytes);
        var looked = new LineReader(first.Bytes);
        while (looked.Next()) Add(looked.Line, looked.Number);
        for (; more; more = lines.Next())
        {
            if (lines.IsTooLong) _diagnostics.Add("FOLDED002", Severity.Warning, lines.Number, $"a line longer than {LongestLine} bytes was skipped");
            else Add(lines.Line, lines.Number);
        }
        return Finish();
    }

    /// <summary>A name may end in a number, so a file has two per line only where every line has.</summary>
    private static bool HasTwoNumbers(ReadOnlySpan<byte> text)
    {
        var lines = new LineReader(text);
        var any = false;
        while (lines.Next())
        {
            if (lines.Line.IsEmpty || lines.Line[0] == '#') continue;
            if (!FoldedLine.TryReadTwo(lines.Line, out _, out _)) return false;
            any = true;
        }
        return any;
    }

    private void Add(ReadOnlySpan<byte> line, int number)
    {
        if (line.IsEmpty) return;
        var before = default(FoldedCount);
        if (!(_hasTwo ? FoldedLine.TryReadTwo(line, out var read, out before) : FoldedLine.TryRead(line, out read)))
        {
            if (line[0] == '#') _comments++;
            else _diagnostics.Add("FOLDED003", Severity.Warning, number, _hasTwo ? "no stack with two numbers" : "no stack with a number", line);
            return;
        }
        // A comment may end in a number, too; a stack whose root begins so has more frames.
        if (line[0] == '#' && !read.Stack.Contains((byte)';'))
        {
            _comments++;
            return;
        }
        _read++;
        if (read.Count.IsNegative || before.IsNegative) _negative++;
        if (read.Count.Fractional != 0 || before.Fractional != 0) _fractional++;
        _weights.Add(NodeOf(read.Stack), read.Count, before, number);
    }

    private int NodeOf(ReadOnlySpan<byte> stack)
    {
        _path.Clear();
        while (!stack.IsEmpty)
        {
            var end = stack.IndexOf((byte)';');
            var name = end < 0 ? stack : stack[..end];
            if (!name.IsEmpty) _path.Add(_frames.Of(name));
            stack = end < 0 ? default : stack[(end + 1)..];
        }
        var path = CollectionsMarshal.AsSpan(_path);
        path.Reverse();
        return _stacks.Intern(path);
    }

    private ParsedCapture Finish()
    {
        if (_comments > 0) _diagnostics.Add("FOLDED004", Severity.Info, 0, $"{_comments} lines of comment were passed over");
        if (_negative > 0) _diagnostics.Add("FOLDED005", Severity.Info, 0, $"{_negative} numbers are below zero: the file is a difference of two profiles");
        if (_fractional > 0) _diagnostics.Add("FOLDED006", Severity.Info, 0, $"{_fractional} lines have numbers with fractions; the sum of each stack is rounded");
        if (_read == 0)
        {
            _diagnostics.Add("FOLDED001", Severity.Error, 0, "no line is a stack with a number");
            return ParsedCapture.Nothing("folded", [.. _diagnostics.ToList().OrderByDescending(d => d.Severity)]);
        }
        HeapDump[] dumps = _hasTwo ? [_weights.Dump(_stacks, "before", before: true), _weights.Dump(_stacks, "after", before: false)] : [_weights.Dump(_stacks, null, before: false)];
        var profile = new HeapProfile("folded", ProcessHint.None, _stacks.Callchains(f => _frames[f]), dumps) { Unit = WeightUnit.Unknown, Losses = [.. _stacks.Losses(), .. _frames.Losses()] };
        return ParsedCapture.Of("folded", _hasTwo ? "two numbers" : "", profile, _diagnostics.ToList());
    }
}
