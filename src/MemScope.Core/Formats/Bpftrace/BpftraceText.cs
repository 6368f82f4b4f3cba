using MemScope.Core.Formats.Framing;
using MemScope.Core.Formats.Text;
using MemScope.Core.Formats.Traces;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Bpftrace;

/// <summary>
/// Follows the lines that a script prints, be they text or the strings of JSON: which are calls, which their stacks, which the entries of maps. A stack stands behind its call, or
/// before it in scripts that print it first; a blank line ends it.
/// </summary>
internal sealed class BpftraceText(BpftraceTrace trace, BpftraceMaps maps)
{
    private readonly StackLines _stack = new();
    private readonly BpftraceMapKey _key = new();
    private int _stackLine, _mapLine;
    private bool _insideMapKey, _afterMap, _stackIsBefore, _ofUnknownLine;
    private StackOrder _order;

    // What the first stack that found its call showed of the script.
    private enum StackOrder : byte
    {
        Unknown,
        Behind,
        Before,
    }

    /// <summary>Reads one line without its end.</summary>
    public void Line(ReadOnlySpan<byte> line, int number)
    {
        if (_insideMapKey && TryInsideKey(line)) return;
        _insideMapKey = false;
        if (IsBlank(line))
        {
            EndStack();
        }
        else if (line[0] is (byte)' ' or (byte)'\t')
        {
            AddToStack(line, number);
        }
        else
        {
            EndStack();
            Other(line.TrimEnd(" \t"u8), number);
        }
    }

    /// <summary>Takes the stack that comes next as a whole, where it belongs to the last event and was read before.</summary>
    public void TakeKnownStack(LineStream lines)
    {
        if (_stack.Any || _insideMapKey || _order == StackOrder.Before || !trace.TryTakeKnownStack(lines)) return;
        _order = StackOrder.Behind;
    }

    /// <summary>Ends what is open: a line that could not be taken, or the end of the text.</summary>
    public void End()
    {
        EndStack();
        DropStackBefore();
        _insideMapKey = _afterMap = false;
    }

    private static bool IsBlank(ReadOnlySpan<byte> line) => line.IndexOfAnyExcept((byte)' ', (byte)'\t') < 0;

    private void AddToStack(ReadOnlySpan<byte> line, int number)
    {
        DropStackBefore();
        if (!_stack.Any)
        {
            _stackLine = number;
            if (!trace.AwaitsStack && (_ofUnknownLine || _order == StackOrder.Behind))
            {
                trace.Stray(number, line);
                return;
            }
        }
        _stack.Add(line);
    }

    private void EndStack()
    {
        if (!_stack.Any || _stackIsBefore) return;
        if (trace.AwaitsStack)
        {
            _order = StackOrder.Behind;
            trace.SetStack(_stack.Bytes);
            _stack.Clear();
        }
        else
        {
            _stackIsBefore = true;
        }
    }

    private void DropStackBefore()
    {
        if (!_stackIsBefore) return;
        trace.Stray(_stackLine, _stack.Bytes[.._stack.Bytes.IndexOf((byte)'\n')]);
        _stack.Clear();
        _stackIsBefore = false;
    }

    private void Other(ReadOnlySpan<byte> line, int number)
    {
        var afterMap = _afterMap;
        _afterMap = false;
        if (line[0] == '@')
        {
            Map(line, number);
        }
        else if (afterMap && line[0] is (byte)'[' or (byte)'(')
        {
            // A row of a histogram: "[4, 8)  1 |@@@@|".
            _afterMap = true;
        }
        else
        {
            maps.EndPrint();
            Printed(line, number);
        }
    }

    private void Printed(ReadOnlySpan<byte> line, int number)
    {
        if (trace.TryEvent(line, number))
        {
            _ofUnknownLine = false;
            if (_stackIsBefore)
            {
                _order = StackOrder.Before;
                trace.SetStack(_stack.Bytes);
                _stack.Clear();
                _stackIsBefore = false;
            }
            else if (_order == StackOrder.Before)
            {
                trace.EndEvent();
            }
            return;
        }
        if (TryTime(line) || trace.TryOther(line, number)) return;
        // What stands behind a line of another kind is its own.
        DropStackBefore();
        trace.EndEvent();
        _ofUnknownLine = true;
        maps.SaysBytes |= line.IndexOf("bytes"u8) >= 0 || line.IndexOf("Bytes"u8) >= 0;
        trace.NotUnderstood(number, line);
    }

    // "13:35:43" of time(): what the script prints next belongs to that second.
    private bool TryTime(ReadOnlySpan<byte> line)
    {
        var cursor = new ByteCursor(line);
        if (TimeOfDay.TryRead(ref cursor, out var ns) && cursor.IsAtEnd)
        {
            maps.TimeNs = TimeOfDay.After(maps.TimeNs, ns);
            trace.Understood++;
            return true;
        }
        if (TimeLine.Parse(line) is not { } dated) return false;
        trace.SetWallTime(dated.At, !dated.ZoneUnknown);
        return true;
    }

    // "@total: 3940352", "@stacks[]: 26198", "@a[1, x]: 1" on one line; "@stacks[" with the frames of the key on the next ones.
    private void Map(ReadOnlySpan<byte> line, int number)
    {
        var end = line.IndexOfAny((byte)'[', (byte)':');
        var name = end < 0 ? line : line[..end];
        trace.AddMap(name);
        _mapLine = number;
        if (end > 0 && line[end] == '[')
        {
            var close = line.LastIndexOf("]:"u8);
            _insideMapKey = close < end;
            var first = _insideMapKey ? line[(end + 1)..] : line[(end + 1)..close];
            _key.Begin(name, first);
            if (close >= end && (first.IsEmpty || first[0] == ',' || first[^1] == ',') && maps.Knows(name) | first.IsEmpty) Entry(line[(close + 2)..]);
        }
        _afterMap = !_insideMapKey;
    }

    private bool TryInsideKey(ReadOnlySpan<byte> line)
    {
        if (line.IsEmpty) return true;
        if (line[0] is (byte)' ' or (byte)'\t')
        {
            _key.AddFrame(line);
            return true;
        }
        if (line[0] is not ((byte)']' or (byte)',')) return false;
        var close = line.LastIndexOf("]:"u8);
        _key.AddOther(close < 0 ? line : line[..close]);
        if (close < 0) return true;
        Entry(line[(close + 2)..]);
        _insideMapKey = false;
        _afterMap = true;
        return true;
    }

    private void Entry(ReadOnlySpan<byte> value)
    {
        if (BpftraceMapKey.TryValue(value, out var sum, out var count)) maps.Add(_key.Name, _key.Stack, _key.Others, sum, count, _mapLine, ordered: true);
    }
}
