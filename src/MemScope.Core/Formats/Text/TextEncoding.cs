using System.Text;

namespace MemScope.Core.Formats.Text;

/// <summary>Byte order marks: a UTF-8 one is taken off, UTF-16 (what some shells write on redirection) is turned into UTF-8. Everything else stays as it is.</summary>
internal static class TextEncoding
{
    public static ReadOnlyMemory<byte> ToUtf8(ReadOnlyMemory<byte> file)
    {
        var bytes = file.Span;
        if (bytes.StartsWith<byte>([0xef, 0xbb, 0xbf])) return file[3..];
        if (bytes.StartsWith<byte>([0xff, 0xfe])) return Encoding.UTF8.GetBytes(Encoding.Unicode.GetString(bytes[2..]));
        if (bytes.StartsWith<byte>([0xfe, 0xff])) return Encoding.UTF8.GetBytes(Encoding.BigEndianUnicode.GetString(bytes[2..]));
        return file;
    }
}
