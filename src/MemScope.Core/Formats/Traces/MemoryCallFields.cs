using MemScope.Core.Formats.Text;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Traces;

/// <summary>
/// The <c>key=value</c> fields that scripts print behind a call: <c>addr=0x0 len=32768 prot=0x3 flags=0x22 fd=-1 ret=0x7f9d018c0000</c>. The keys are those of the kernel's
/// tracepoints and the ones that the recipes of MemScope print; others are passed over.
/// </summary>
internal struct MemoryCallFields
{
    // Values of a system call between -4095 and -1 are errors (include/linux/err.h, MAX_ERRNO).
    private const long GreatestErrno = 4095;

    private ulong _address, _length, _oldLength, _newLength, _protection, _flags, _result;
    private bool _hasNewLength, _hasResult;

    /// <summary>pid= or 0.</summary>
    public int Pid { get; private set; }

    /// <summary>tid= or 0.</summary>
    public int Tid { get; private set; }

    /// <summary>nsecs= or 0.</summary>
    public long TimeNs { get; private set; }

    /// <summary>nr= : number of the system call, or null.</summary>
    public ulong? Number { get; private set; }

    /// <summary>Fields with a number under a known key.</summary>
    public int Count { get; private set; }

    /// <summary>Whether a length was among them.</summary>
    public bool HasLength { get; private set; }

    /// <summary>Whether an address or a result was among them.</summary>
    public bool HasPlace { get; private set; }

    /// <summary>Reads one word; false when it is no field.</summary>
    public bool TryRead(ReadOnlySpan<byte> word)
    {
        var equals = word.IndexOf((byte)'=');
        if (equals <= 0) return false;
        TryRead(word[..equals], word[(equals + 1)..]);
        return true;
    }

    /// <summary>Reads a key and its value; false when the key is not known or the value no number.</summary>
    public bool TryRead(ReadOnlySpan<byte> key, ReadOnlySpan<byte> text)
    {
        var cursor = new ByteCursor(text.TrimEnd(",;"u8));
        // "%lx" without 0x prints ret=7f9d…: its leading digits are no number, and a wrong address is worse than none.
        if (!cursor.TryNumber(out var value) || !cursor.Rest.IsEmpty) return false;
        var before = Count;
        Count++;
        Set(key, value);
        return Count > before;
    }

    /// <summary>Takes a field that was read elsewhere.</summary>
    public void Add(ReadOnlySpan<byte> key, ulong value)
    {
        Count++;
        Set(key, value);
    }

    /// <summary>Whether a return value is an error.</summary>
    public static bool IsError(ulong result) => unchecked((long)result) is < 0 and >= -GreatestErrno;

    /// <summary>The call that the fields describe.</summary>
    public readonly TraceEvent ToEvent(MemoryCall call)
    {
        var remap = call == MemoryCall.Mremap;
        return new TraceEvent
        {
            Call = call,
            Pid = Pid,
            Tid = Tid,
            TimeNs = TimeNs,
            Address = _address,
            // Of mremap a plain "len" is the second argument, which is the old length.
            Length = remap ? (_hasNewLength ? _newLength : 0) : _length,
            OldLength = remap ? Math.Max(_oldLength, _length) : 0,
            Protection = _protection,
            Flags = _flags,
            HasResult = _hasResult,
            Result = _result,
            Failed = _hasResult && IsError(_result),
        };
    }

    private void Set(ReadOnlySpan<byte> key, ulong value)
    {
        if (key.SequenceEqual("addr"u8) || key.SequenceEqual("address"u8) || key.SequenceEqual("arg1"u8) || key.SequenceEqual("start"u8) || key.SequenceEqual("brk"u8)) (_address, HasPlace) = (value, true);
        else if (key.SequenceEqual("len"u8) || key.SequenceEqual("len_in"u8) || key.SequenceEqual("length"u8) || key.SequenceEqual("size"u8) || key.SequenceEqual("bytes"u8)) (_length, HasLength) = (value, true);
        else if (key.SequenceEqual("old_len"u8) || key.SequenceEqual("old_size"u8)) _oldLength = value;
        else if (key.SequenceEqual("new_len"u8) || key.SequenceEqual("new_size"u8)) (_newLength, _hasNewLength, HasLength) = (value, true, true);
        else if (key.SequenceEqual("prot"u8) || key.SequenceEqual("behavior"u8) || key.SequenceEqual("advice"u8)) _protection = value;
        else if (key.SequenceEqual("flags"u8)) _flags = value;
        else if (key.SequenceEqual("ret"u8) || key.SequenceEqual("retval"u8) || key.SequenceEqual("result"u8)) (_result, _hasResult, HasPlace) = (value, true, true);
        else if (key.SequenceEqual("pid"u8)) Pid = Id(value);
        else if (key.SequenceEqual("tid"u8)) Tid = Id(value);
        else if (key.SequenceEqual("nsecs"u8) || key.SequenceEqual("ts"u8) || key.SequenceEqual("time"u8)) TimeNs = value <= long.MaxValue ? (long)value : 0;
        else if (key.SequenceEqual("nr"u8)) Number = value;
        else Count--;
    }

    private static int Id(ulong value) => value <= int.MaxValue ? (int)value : 0;
}
