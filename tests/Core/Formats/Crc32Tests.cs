using MemScope.Core.Formats.Containers;

namespace MemScope.Core.Tests.Formats;

public sealed class Crc32Tests
{
    [Fact]
    public void The_digits_from_one_to_nine_have_the_check_value_that_CRC_32_is_known_by()
    {
        Crc32 crc = default;
        crc.Add("123456789"u8);
        Assert.Equal(0xCBF43926, crc.Value);
    }

    [Fact]
    public void Any_length_in_any_pieces_has_the_checksum_that_the_tables_give()
    {
        var random = new Random(1);
        for (var length = 0; length < 400; length++)
        {
            var bytes = new byte[length];
            random.NextBytes(bytes);
            Crc32 crc = default;
            for (var at = 0; at < length;)
            {
                var piece = random.Next(1, length - at + 1);
                crc.Add(bytes.AsSpan(at, piece));
                at += piece;
            }
            Assert.Equal(~Crc32.ByTables(bytes, uint.MaxValue), crc.Value);
        }
    }
}
