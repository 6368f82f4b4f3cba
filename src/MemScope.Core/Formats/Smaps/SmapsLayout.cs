using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using MemScope.Core.Formats.Text;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Smaps;

/// <summary>
/// How one kernel prints the lines below a mapping: the same keys in the same order and columns, thousands of times. Learned from a mapping that was read line by line; the next ones
/// are compared with it, sixteen bytes at a time, and only numbers that differ from the mapping before are read:
/// <code>
/// Rss:                 960 kB        key in 16 bytes, number in 8, right-aligned, " kB"
/// THPeligible:           0           the same without a unit
/// THPeligible:    0                  one digit, before 6.4
/// VmFlags: rd wr mr mw me ac         last, any length
/// </code>
/// A mapping that is printed otherwise (another key, a number of nine digits) is not recognised and is read line by line.
/// </summary>
internal sealed class SmapsLayout
{
    private const int KeyBytes = 16, DigitBytes = 8, MostLines = 64, LineBytes = 32, MostFlags = 400;
    private readonly byte[] _text = new byte[MostLines * LineBytes];
    private readonly int[] _lengths = new int[MostLines];
    private readonly Metric[] _metrics = new Metric[MostLines];
    private readonly long[] _values = new long[MostLines];
    private bool _isBroken, _hasFlags;
    private int _count, _bytes;

    /// <summary>Metrics that have a line, by metric a bit.</summary>
    private ulong _learned;

    /// <summary>Lines whose number was another than in the mapping before, by line a bit.</summary>
    private ulong _changed;

    /// <summary>Whether mappings can be compared with it.</summary>
    public bool IsUsable => !_isBroken && _count > 0 && BitConverter.IsLittleEndian;

    /// <summary>Whether VmFlags stand last.</summary>
    public bool HasFlags => _hasFlags;

    /// <summary>Lines below a mapping.</summary>
    public int Lines => _count + (_hasFlags ? 1 : 0);

    /// <summary>The next line belongs to another mapping: learns from the beginning.</summary>
    public void Restart() => (_isBroken, _hasFlags, _count, _bytes, _learned, _changed) = (false, false, 0, 0, 0, 0);

    /// <summary>The mapping cannot be a pattern.</summary>
    public void Break() => _isBroken = true;

    /// <summary>Learns a line with a number.</summary>
    public void Learn(ReadOnlySpan<byte> line, Metric metric, long value)
    {
        var length = line.Length + 1;
        var digits = length == KeyBytes + 2 ? 1 : DigitBytes;
        var unit = length == KeyBytes + DigitBytes + 4 ? " kB"u8 : default;
        _isBroken |= _hasFlags || _count == MostLines || length != KeyBytes + digits + unit.Length + 1 || !line.EndsWith(unit) || (_learned & (1UL << (int)metric)) != 0;
        if (_isBroken) return;
        // What stands in the columns of the number must be what a number of these columns is read from.
        var field = line.Slice(KeyBytes, digits);
        if (!IsKey(line[..KeyBytes]) || (digits == 1 ? (uint)(field[0] - '0') > 9 : !TryNumber(BinaryPrimitives.ReadUInt64LittleEndian(field), out var read) || read != value))
        {
            _isBroken = true;
            return;
        }
        var text = _text.AsSpan(_count * LineBytes, LineBytes);
        line.CopyTo(text);
        text[line.Length] = (byte)'\n';
        (_lengths[_count], _metrics[_count], _values[_count]) = (length, metric, value);
        _learned |= 1UL << (int)metric;
        _count++;
        _bytes += length;
    }

    /// <summary>Learns a line of VmFlags.</summary>
    public void LearnFlags(ReadOnlySpan<byte> line)
    {
        _isBroken |= _hasFlags || !line.StartsWith("VmFlags: "u8);
        _hasFlags = true;
    }

    /// <summary>
    /// Compares the lines at the beginning of <paramref name="text"/>: their length in bytes when they are of this layout, else 0. <paramref name="flags"/> is what stands behind VmFlags, blanks
    /// around it taken off.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Match(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> flags)
    {
        flags = default;
        // Sixteen bytes more, for lines are compared from both ends.
        if (text.Length < _bytes + KeyBytes) return 0;
        ref var known = ref MemoryMarshal.GetArrayDataReference(_text);
        ref var at = ref MemoryMarshal.GetReference(text);
        var lengths = _lengths;
        var count = _count;
        for (var i = 0; i < count && i < lengths.Length; i++)
        {
            var length = lengths[i];
            if (!IsSame(ref at, ref known, length))
            {
                if (!TryOtherNumber(ref at, ref known, length, out var value)) return 0;
                _values[i] = value;
                _changed |= 1UL << i;
            }
            at = ref Unsafe.Add(ref at, length);
            known = ref Unsafe.Add(ref known, LineBytes);
        }
        if (!_hasFlags) return _bytes;
        const int flagsAt = 9;
        // "VmFlags:" as a number, a blank behind it.
        if (Unsafe.ReadUnaligned<ulong>(ref at) != BinaryPrimitives.ReadUInt64LittleEndian("VmFlags:"u8) || text[_bytes + flagsAt - 1] != ' ') return 0;
        var rest = text[(_bytes + flagsAt)..];
        var end = rest[..Math.Min(rest.Length, MostFlags)].IndexOf((byte)'\n');
        if (end < 0) return 0;
        var (first, last) = (0, end);
        while (last > 0 && ByteCursor.IsBlank(rest[last - 1])) last--;
        while (first < last && ByteCursor.IsBlank(rest[first])) first++;
        flags = rest[first..last];
        return _bytes + flagsAt + end + 1;
    }

    /// <summary>Whether a line is that of the mapping before: at once where it has the usual length, else from both ends.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsSame(ref byte at, ref byte known, int length)
    {
        const int usual = KeyBytes + DigitBytes + 4;
        if (Vector256.IsHardwareAccelerated && length == usual)
            return ((Vector256.LoadUnsafe(ref at) ^ Vector256.LoadUnsafe(ref known)).AsUInt32() & Vector256.Create(uint.MaxValue, uint.MaxValue, uint.MaxValue, uint.MaxValue, uint.MaxValue, uint.MaxValue, uint.MaxValue, 0)) == Vector256<uint>.Zero;
        return ((Vector128.LoadUnsafe(ref at) ^ Vector128.LoadUnsafe(ref known))
            | (Vector128.LoadUnsafe(ref at, (nuint)length - KeyBytes) ^ Vector128.LoadUnsafe(ref known, (nuint)length - KeyBytes))) == Vector128<byte>.Zero;
    }

    /// <summary>Puts the numbers of the mapping that was compared last into a row.</summary>
    public void CopyTo(VmaTable.Builder row)
    {
        for (var i = 0; i < _count; i++) row.Set(_metrics[i], _values[i]);
        _changed = 0;
    }

    /// <summary>The same for a row that still holds what was copied last.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void CopyChangesTo(VmaTable.Builder row)
    {
        var numbers = row.Row;
        ulong written = 0;
        for (var left = _changed; left != 0; left &= left - 1)
        {
            var i = BitOperations.TrailingZeroCount(left);
            var metric = (int)_metrics[i];
            numbers[metric] = _values[i];
            written |= 1UL << metric;
        }
        row.Written(written);
        _changed = 0;
    }

    /// <summary>A line that is not the same as in the mapping before: its key must be, and its number is read.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryOtherNumber(ref byte at, ref byte known, int length, out long value)
    {
        value = 0;
        if (Vector128.LoadUnsafe(ref at) != Vector128.LoadUnsafe(ref known)) return false;
        if (length == KeyBytes + 2)
        {
            var digit = (uint)(Unsafe.Add(ref at, KeyBytes) - '0');
            if (digit > 9 || Unsafe.Add(ref at, KeyBytes + 1) != '\n') return false;
            Unsafe.Add(ref known, KeyBytes) = (byte)('0' + digit);
            value = digit;
            return true;
        }
        if (length == KeyBytes + DigitBytes + 1 ? Unsafe.Add(ref at, KeyBytes + DigitBytes) != '\n'
            : Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref at, KeyBytes + DigitBytes)) != Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref known, KeyBytes + DigitBytes))) return false;
        var field = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref at, KeyBytes));
        // Behind the colon stands a blank, also where the key takes all of its columns.
        if (Unsafe.Add(ref at, KeyBytes - 1) == ':' && (byte)field != ' ') return false;
        if (!TryNumber(field, out value)) return false;
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref known, KeyBytes), field);
        return true;
    }

    /// <summary>A key, its colon, and nothing but blanks behind.</summary>
    private static bool IsKey(ReadOnlySpan<byte> columns) => columns.IndexOf((byte)':') is > 0 and var colon && columns[(colon + 1)..].IndexOfAnyExcept((byte)' ') < 0;

    /// <summary>A number of up to eight digits behind blanks, all eight bytes at once; the first is the lowest byte.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryNumber(ulong field, out long value)
    {
        const ulong ones = 0x0101010101010101;
        value = 0;
        // Blanks are 0x20, digits 0x30 to 0x39: the sixteens tell them apart.
        var digits = (field >> 4) & ones;
        var first = digits & (0 - digits);
        var low = (field | (0x10 * ones)) - (0x30 * ones);
        var isBad = ((field & (0xe0 * ones)) ^ (0x20 * ones)) | ((ones & (0 - first)) ^ digits) | ((low + (0x06 * ones)) & (0xf0 * ones)) | (low & ~(digits * 0xff));
        if (isBad != 0 || first == 0) return false;
        low = (low * 10) + (low >> 8);
        value = (long)((((low & 0x000000ff000000ff) * 0x000f424000000064) + (((low >> 16) & 0x000000ff000000ff) * 0x0000271000000001)) >> 32);
        return true;
    }
}
