using System.Text;
using MemScope.Core.Formats.Containers;

namespace MemScope.Core.Formats.Text;

/// <summary>Byte order marks: a UTF-8 one is taken off, UTF-16 (what some shells write on redirection) is turned into UTF-8. Everything else stays as it is.</summary>
internal static class TextEncoding
{
    /// <summary>The text of <paramref name="content"/>, which was not read yet.</summary>
    public static HeadStream ToUtf8(HeadStream content)
    {
        var mark = content.Peek(3);
        if (mark.StartsWith<byte>([0xef, 0xbb, 0xbf])) return Behind(content, 3);
        if (mark.StartsWith<byte>([0xff, 0xfe])) return new HeadStream(Encoding.CreateTranscodingStream(Behind(content, 2), Encoding.Unicode, Encoding.UTF8));
        if (mark.StartsWith<byte>([0xfe, 0xff])) return new HeadStream(Encoding.CreateTranscodingStream(Behind(content, 2), Encoding.BigEndianUnicode, Encoding.UTF8));
        return content;
    }

    private static HeadStream Behind(HeadStream content, int mark)
    {
        content.ReadExactly(new byte[mark]);
        return new HeadStream(content);
    }
}
