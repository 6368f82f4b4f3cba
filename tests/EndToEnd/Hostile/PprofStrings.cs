using System.Text;

namespace MemScope.EndToEnd.Tests.Hostile;

/// <summary>The string table of a profile.proto message: field 6, one entry a string.</summary>
internal static class PprofStrings
{
    private const int StringField = 6, Length = 2;

    /// <summary>The same message with other strings.</summary>
    /// <param name="message">An unpacked profile.</param>
    /// <param name="replacement">What comes in the place of a string; null where it stays.</param>
    public static byte[] Replace(byte[] message, Func<string, string?> replacement)
    {
        var result = new List<byte>(message.Length * 4);
        for (var at = 0; at < message.Length;)
        {
            var begin = at;
            var tag = Varint(message, ref at);
            if ((tag & 7) != Length)
            {
                if ((tag & 7) != 0) throw new InvalidDataException("profile.proto has numbers and messages only");
                Varint(message, ref at);
                result.AddRange(message[begin..at]);
                continue;
            }
            var length = (int)Varint(message, ref at);
            var bytes = message[at..(at + length)];
            at += length;
            if (tag >> 3 == StringField && replacement(Encoding.UTF8.GetString(bytes)) is { } other) bytes = Payloads.Bytes(other);
            Put(result, tag);
            Put(result, (ulong)bytes.Length);
            result.AddRange(bytes);
        }
        return [.. result];
    }

    private static ulong Varint(byte[] message, ref int at)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var b = message[at++];
            value |= (ulong)(b & 0x7f) << shift;
            if (b < 0x80) return value;
        }
    }

    private static void Put(List<byte> result, ulong value)
    {
        for (; value >= 0x80; value >>= 7) result.Add((byte)(value | 0x80));
        result.Add((byte)value);
    }
}
