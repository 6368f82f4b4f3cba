using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace MemScope.Core.Formats.Text;

/// <summary>Writes the text of the kernel and of procps, whose columns are padded by bytes.</summary>
internal sealed class TextOut(IBufferWriter<byte> output)
{
    private const int MostDigits = 20;

    /// <summary>Bytes since the last line began.</summary>
    public int Column { get; private set; }

    /// <summary>Bytes as they are; none may be a newline.</summary>
    public void Put(ReadOnlySpan<byte> bytes)
    {
        output.Write(bytes);
        Column += bytes.Length;
    }

    /// <summary>A text of ASCII, or of names as a <see cref="NameTable"/> decoded them.</summary>
    public void Put(string text) => Put(NameTable.Encode(text));

    /// <summary>As many blanks as bring the line to <paramref name="column"/>, none when it is there already.</summary>
    public void PadTo(int column)
    {
        if (column <= Column) return;
        output.GetSpan(column - Column)[..(column - Column)].Fill((byte)' ');
        output.Advance(column - Column);
        Column = column;
    }

    /// <summary>A text, right-aligned in <paramref name="width"/> bytes.</summary>
    public void Right(string text, int width)
    {
        PadTo(Column + width - Encoding.UTF8.GetByteCount(text));
        Put(text);
    }

    /// <summary>A decimal number, right-aligned in <paramref name="width"/> bytes.</summary>
    public void Decimal(ulong number, int width = 0) => Number(number, width, 'D', (byte)' ');

    /// <summary>A hexadecimal number in lower case, filled with zeros to <paramref name="width"/> digits.</summary>
    public void Hex(ulong number, int width = 0) => Number(number, width, 'x', (byte)'0');

    /// <summary>Ends the line.</summary>
    public void EndLine()
    {
        output.Write("\n"u8);
        Column = 0;
    }

    private void Number(ulong number, int width, char format, byte fill)
    {
        Span<byte> digits = stackalloc byte[MostDigits];
        Utf8Formatter.TryFormat(number, digits, out var length, new StandardFormat(format));
        for (var missing = width - length; missing > 0; missing--) Put([fill]);
        Put(digits[..length]);
    }
}
